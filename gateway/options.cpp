// SPDX-License-Identifier: Apache-2.0
#include "gateway/options.hpp"

#include <algorithm>
#include <thread>

#include "common/probes/probe_server.hpp"
#include "common/redis/url.hpp"
#include "gateway/listening_socket.hpp"

namespace trunkline::gateway {
namespace {

using namespace std::chrono_literals;

void declare_listeners(config::option_set& set, options& o) {
  const config::traits group{.group = "Listening"};
  set.text(
      "listen", o.listen,
      "Where deliveries arrive: HOST:PORT, unix:PATH, or systemd: the socket that it passes", group
  );
  set.check("listen", [&o] { return check_listen(o.listen); });
  set.text(
      "ops-listen", o.ops_listen,
      "Where /livez, /readyz and /metrics are served: HOST:PORT; port 0: any free one", group
  );
  set.check("ops-listen", [&o] {
    std::string host;
    std::uint16_t port = 0;
    return probes::parse_listen(o.ops_listen, host, port);
  });
  set.integer(
      "threads", o.threads, "I/O threads, each with Redis connections of its own", 1, 64,
      {.group = "Listening", .default_words = "2; with one processor 1"}
  );
}

void declare_signatures(config::option_set& set, options& o) {
  const config::traits group{.group = "Signatures"};
  set.list(
      "signing-key", o.keys.texts,
      "Signing key: whsec_BASE64, legacy:BASE64, hex:TEXT or as copied from the app",
      {.secret = true,
       .fallback_env = {"TRUNKLINE_SIGNING_KEYS", "OPENPHONE_WEBHOOK_SIGNING_KEY"},
       .group = "Signatures"}
  );
  set.check("signing-key", [&o] { return check_key_texts(o.keys); });
  set.text(
      "signing-keys-file", o.keys.file,
      "File of signing keys, one a line, # comments; read again on SIGHUP",
      {.group = "Signatures", .value = "FILE"}
  );
  set.check("signing-keys-file", [&o] { return check_key_file(o.keys); });
  set.duration(
      "legacy-max-age", o.legacy_max_age,
      "Oldest accepted timestamp of the legacy scheme; its retries may carry the first one", 1s,
      24h * 365, group
  );
  set.duration(
      "max-clock-skew", o.max_clock_skew,
      "Accepted difference between our clock and a Standard Webhooks timestamp", 1s, 24h, group
  );
}

void declare_redis(config::option_set& set, options& o) {
  set.check("redis", [&o] {
    redis::endpoint ignored;
    return redis::parse_url(o.common.redis, ignored);
  });
  const config::traits group{.group = "Redis"};
  set.choice(
      "durability", o.durability,
      "always: refuse deliveries while Redis is weaker than appendfsync always; redis: take what "
      "it gives",
      {"always", "redis"}, group
  );
  set.duration(
      "redis-deadline", o.redis_deadline,
      "Longest wait for Redis before a delivery is answered 503", 10ms, 10s, group
  );
  set.integer(
      "max-in-flight", o.max_in_flight,
      "Most deliveries a thread may have waiting for Redis; above: 503", 8, 100000, group
  );
}

void declare_bounds(config::option_set& set, options& o) {
  const config::traits group{.group = "Bounds"};
  set.integer(
      "max-connections", o.max_connections,
      "Most client connections; memory is at most this times (max-header + max-body)", 1, 100000,
      group
  );
  set.size("max-body", o.max_body, "Largest body", 1024, 16u << 20, group);
  set.size("max-header", o.max_header, "Largest header section", 1024, 64u << 10, group);
  set.duration(
      "header-timeout", o.header_timeout, "Longest time for a header section to arrive", 100ms, 1h,
      group
  );
  set.duration(
      "body-timeout", o.body_timeout, "Longest time for a body to arrive", 100ms, 1h, group
  );
  set.duration(
      "idle-timeout", o.idle_timeout, "Longest wait between two requests of a connection", 100ms,
      1h, group
  );
  set.integer(
      "max-requests-per-connection", o.max_requests_per_connection,
      "Requests until a connection is ended", 1, 1000000000, group
  );
  set.duration(
      "drain-delay", o.drain_delay,
      "After SIGTERM, go on serving for this long while /readyz says no", 0ms, 5min, group
  );
}

}  // namespace

const config::program_text program{
    "trunkline-gateway",
    "Takes OpenPhone (Quo) webhooks in: verifies them, appends them to a Redis stream, answers.",
    "  trunkline-gateway --signing-keys-file /etc/trunkline/signing-keys\n"
    "  OPENPHONE_WEBHOOK_SIGNING_KEY=... trunkline-gateway --listen 0.0.0.0:5000\n"
    "  trunkline-gateway --listen unix:/run/trunkline/gateway.sock --redis "
    "unix:///run/redis/redis.sock\n"
    "Deliveries are taken at POST /api/webhooks/openphone.\n"
    "Signals: TERM drains and exits, HUP reads --signing-keys-file again, USR1 toggles debug "
    "logs.\n"};

int options::default_threads() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 2u));
}

session_settings options::sessions() const {
  using std::chrono::seconds;
  session_settings out;
  out.reader = {max_header, max_body};
  out.header_timeout = header_timeout;
  out.body_timeout = body_timeout;
  out.idle_timeout = idle_timeout;
  out.max_requests = max_requests_per_connection;
  out.max_connections = max_connections;
  out.windows.max_clock_skew = std::chrono::duration_cast<seconds>(max_clock_skew);
  out.windows.legacy_max_age = std::chrono::duration_cast<seconds>(legacy_max_age);
  return out;
}

void declare(config::option_set& set, options& target) {
  declare_listeners(set, target);
  declare_signatures(set, target);
  config::add_common(set, target.common, config::uses::redis);
  declare_redis(set, target);
  declare_bounds(set, target);
}

}  // namespace trunkline::gateway
