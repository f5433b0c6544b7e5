// SPDX-License-Identifier: Apache-2.0
#include "worker/process/options.hpp"

#include "common/redis/url.hpp"
#include "common/text/listen_address.hpp"
#include "common/text/units.hpp"
#include "parse/phone_number.hpp"

namespace trunkline::worker {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr milliseconds day = 24h;

void declare_reading(config::option_set& set, worker_options& o) {
  const config::traits group{.group = "Reading"};
  set.integer("batch", o.batch, "Maximum entries per transaction", 1, 10'000, group);
  set.size(
      "batch-bytes", o.batch_bytes, "Approximate maximum size of bodies per transaction", 1,
      1u << 30, group
  );
  set.duration("block", o.block, "Maximum wait of a read on an empty stream", 10ms, 1s, group);
  set.duration(
      "redis-timeout", o.redis_timeout, "Maximum wait for a Redis reply", 100ms, 1min, group
  );
}

void declare_reclaiming(config::option_set& set, worker_options& o) {
  const config::traits group{.group = "Reclaiming"};
  set.duration(
      "claim-after", o.claim_after, "Reclaim entries that are idle for this long", 200ms, day, group
  );
  set.duration(
      "reclaim-interval", o.reclaim_interval, "Interval between searches for idle entries", 50ms,
      day, group
  );
  set.integer(
      "max-deliveries", o.max_deliveries,
      "Dead-letter after this many deliveries without an outcome", 2, 100, group
  );
  set.duration(
      "consumer-idle", o.consumer_idle, "Remove empty consumers that are idle for this long", 1s,
      30 * day, group
  );
}

void declare_retries(config::option_set& set, worker_options& o) {
  const config::traits group{.group = "Retries"};
  set.duration(
      "retry-base", o.retry_base, "Initial retry delay, doubled with each attempt", 1ms, day, group
  );
  set.duration("retry-cap", o.retry_cap, "Maximum retry delay", 1ms, 30 * day, group);
  set.integer(
      "max-attempts", o.max_attempts, "Dead-letter after this many failed attempts", 1, 1000, group
  );
  set.duration(
      "retry-poll-interval", o.retry_poll_interval, "Interval between searches for due retries",
      10ms, day, group
  );
  set.duration("lease", o.lease, "Duration of the lease of a retry", 1s, day, group);
}

void declare_outages(config::option_set& set, worker_options& o) {
  const config::traits group{.group = "Outages"};
  set.duration(
      "outage-backoff-min", o.outage_backoff_min,
      "Initial backoff while a dependency is unavailable", 1ms, 1min, group
  );
  set.duration(
      "outage-backoff-max", o.outage_backoff_max,
      "Maximum backoff for a missing grant or migration", 1ms, 1h, group
  );
  set.duration(
      "probe-interval-max", o.probe_interval_max, "Maximum interval between probes of a server",
      1ms, 1h, group
  );
}

void declare_postgres(config::option_set& set, worker_options& o) {
  const config::traits group{.group = "PostgreSQL"};
  set.list(
      "own-number", o.own_numbers, "Own number in E.164, never a contact",
      {.group = "PostgreSQL", .value = "PHONE"}
  );
  set.duration(
      "postgres-lock-timeout", o.postgres_lock_timeout, "lock_timeout of the session", 1ms, 10min,
      group
  );
  set.duration(
      "postgres-statement-timeout", o.postgres_statement_timeout,
      "statement_timeout of the session", 10ms, 1h, group
  );
  set.duration(
      "postgres-idle-timeout", o.postgres_idle_timeout,
      "idle_in_transaction_session_timeout of the session", 10ms, 1h, group
  );
  set.duration(
      "watchdog-grace", o.watchdog_grace,
      "Close a connection this long after the statement timeout", 10ms, 10min, group
  );
}

void declare_checks(config::option_set& set, const worker_options& o) {
  set.check("own-number", [&o] {
    for (const auto& number : o.own_numbers)
      if (!parse::is_e164(number))
        return "must be E.164, like +14155550142, not \"" + number + "\"";
    return std::string{};
  });
  set.check("ops-listen", [&o] {
    std::string host;
    std::uint16_t port = 0;
    return o.ops_listen.empty() ? std::string{} : parse_listen(o.ops_listen, host, port);
  });
  set.check("redis", [&o] {
    redis::endpoint ignored;
    return redis::parse_url(o.common.redis, ignored);
  });
  set.check("postgres-lock-timeout", [&o]() -> std::string {
    return o.postgres_lock_timeout < o.postgres_statement_timeout
               ? ""
               : "must be shorter than --postgres-statement-timeout";
  });
  set.check("outage-backoff-min", [&o]() -> std::string {
    return o.outage_backoff_min <= o.outage_backoff_max &&
                   o.outage_backoff_min <= o.probe_interval_max
               ? ""
               : "must not exceed --outage-backoff-max and --probe-interval-max";
  });
  set.check("retry-base", [&o]() -> std::string {
    return o.retry_base <= o.retry_cap ? "" : "must not exceed --retry-cap";
  });
}

}  // namespace

void declare(config::option_set& set, worker_options& o) {
  config::add_common(set, o.common, config::uses::both);
  set.integer("threads", o.threads, "Number of threads, each with its own connections", 1, 64);
  set.text(
      "ops-listen", o.ops_listen, "Address of /livez, /readyz and /metrics, or empty for none",
      {.value = "HOST:PORT"}
  );
  set.duration(
      "heartbeat-interval", o.heartbeat_interval, "Interval between updates of the process info",
      50ms, 20s
  );
  set.duration(
      "drain-timeout", o.drain_timeout, "Maximum time to finish the current batch on SIGTERM", 10ms,
      10min
  );
  declare_reading(set, o);
  declare_reclaiming(set, o);
  declare_retries(set, o);
  declare_outages(set, o);
  declare_postgres(set, o);
  declare_checks(set, o);
}

config::program_text about() {
  return {
      "trunkline-worker", "Apply accepted deliveries from Redis to PostgreSQL, each exactly once.",
      "  DATABASE_URL=postgresql://worker@db/trunkline trunkline-worker\n"
      "  trunkline-worker --config /etc/trunkline/trunkline.toml --threads 4\n"
      "  trunkline-worker --own-number +14155550142 --own-number +14155550143\n"
      "  trunkline-worker --check-config"};
}

}  // namespace trunkline::worker
