// SPDX-License-Identifier: Apache-2.0
#include "gateway/options.hpp"

#include <algorithm>
#include <thread>

#include "common/redis/url.hpp"
#include "common/text/listen_address.hpp"
#include "gateway/listening_socket.hpp"

namespace trunkline::gateway {
namespace {

using namespace std::chrono_literals;

void declare_listeners(config::option_set& set, options& o) {
  set.text(
      "listen", o.listen, "Address for deliveries: HOST:PORT, unix:PATH or systemd",
      {.group = "Listening", .value = "ADDRESS"}
  );
  set.check("listen", [&o] { return check_listen(o.listen); });
  set.text(
      "ops-listen", o.ops_listen, "Address for /livez, /readyz and /metrics; port 0: any",
      {.group = "Listening", .value = "HOST:PORT"}
  );
  set.check("ops-listen", [&o] {
    std::string host;
    std::uint16_t port = 0;
    return parse_listen(o.ops_listen, host, port);
  });
  set.integer(
      "threads", o.threads, "Number of I/O threads, each with its Redis connections", 1, 64,
      {.group = "Listening", .default_words = "2; 1 on one processor"}
  );
}

void declare_signatures(config::option_set& set, options& o) {
  const config::traits group{.group = "Signatures"};
  set.list(
      "signing-key", o.keys.texts, "Signing key: whsec_BASE64, legacy:BASE64, hex:TEXT or TEXT",
      {.secret = true,
       .fallback_env = {"TRUNKLINE_SIGNING_KEYS", "OPENPHONE_WEBHOOK_SIGNING_KEY"},
       .group = "Signatures",
       .value = "KEY"}
  );
  set.check("signing-key", [&o] { return check_key_texts(o.keys); });
  set.text(
      "signing-keys-file", o.keys.file, "File with one signing key per line; SIGHUP reloads it",
      {.group = "Signatures", .value = "FILE"}
  );
  set.check("signing-keys-file", [&o] { return check_key_file(o.keys); });
  set.duration(
      "legacy-max-age", o.legacy_max_age, "Maximum age of a timestamp in the legacy scheme", 1s,
      24h * 365, group
  );
  set.duration(
      "max-clock-skew", o.max_clock_skew, "Maximum clock difference in the standard scheme", 1s,
      24h, group
  );
}

void declare_redis(config::option_set& set, options& o) {
  set.check("redis", [&o] {
    redis::endpoint ignored;
    return redis::parse_url(o.common.redis, ignored);
  });
  const config::traits group{.group = "Redis"};
  set.choice(
      "durability", o.durability, "always: reject if Redis may lose writes; redis: accept",
      {"always", "redis"}, group
  );
  set.duration(
      "redis-deadline", o.redis_deadline, "Maximum wait for a reply of Redis, then respond 503",
      10ms, 10s, group
  );
  set.integer(
      "max-in-flight", o.max_in_flight, "Maximum deliveries per thread that wait for Redis", 8,
      100000, group
  );
}

void declare_limits(config::option_set& set, options& o) {
  const config::traits group{.group = "Limits"};
  set.integer("max-connections", o.max_connections, "Maximum client connections", 1, 100000, group);
  set.size("max-body", o.max_body, "Maximum size of a body", 1024, 16u << 20, group);
  set.size("max-header", o.max_header, "Maximum size of a header section", 1024, 64u << 10, group);
  set.duration(
      "header-timeout", o.header_timeout, "Maximum time to receive a header section", 100ms, 1h,
      group
  );
  set.duration("body-timeout", o.body_timeout, "Maximum time to receive a body", 100ms, 1h, group);
  set.duration(
      "idle-timeout", o.idle_timeout, "Maximum time between two requests of a connection", 100ms,
      1h, group
  );
  set.integer(
      "max-requests-per-connection", o.max_requests_per_connection,
      "Maximum requests per connection", 1, 1000000000, group
  );
  set.duration(
      "drain-delay", o.drain_delay, "Time to serve after SIGTERM while reporting not ready", 0ms,
      5min, group
  );
}

}  // namespace

const config::program_text program{
    "trunkline-gateway",
    "Receive OpenPhone (Quo) webhooks, verify them and append them to a Redis stream.",
    "  trunkline-gateway --signing-keys-file /etc/trunkline/signing-keys\n"
    "  OPENPHONE_WEBHOOK_SIGNING_KEY=... trunkline-gateway --listen 0.0.0.0:5000\n"
    "  trunkline-gateway --listen unix:/run/trunkline/gateway.sock --redis "
    "unix:///run/redis/redis.sock\n"
    "Deliveries arrive at POST /api/webhooks/openphone.\n"
    "Signals: TERM drains and exits, HUP reloads --signing-keys-file, USR1 toggles debug logs.\n"};

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
  declare_limits(set, target);
}

}  // namespace trunkline::gateway
