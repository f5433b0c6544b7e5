// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdlib>
#include <map>
#include <set>

#include "admin/doctor/doctor.hpp"
#include "admin/redis.hpp"
#include "admin/redis_reply.hpp"
#include "common/redis/client.hpp"
#include "common/redis/url.hpp"
#include "common/stream/contract.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::system_clock;
using results = std::vector<redis::client::result>;
using fields = std::map<std::string, std::string>;
constexpr const char* settings_file = "include deploy/redis.conf in redis.conf";

double number(const std::string& text) {
  return std::strtod(text.c_str(), nullptr);
}

void check_version(findings& out, const std::string& version) {
  if (number(version) >= 7) return out.ok("redis.version", version);
  if (number(version) >= 6.2)
    return out.add(
        "redis.version", level::warning, version, "tested with Redis 7 only", "install Redis 7"
    );
  out.add(
      "redis.version", level::error, version.empty() ? "unknown" : version,
      "workers need XAUTOCLAIM, which is new in Redis 6.2", "install Redis 7"
  );
}

void check_setting(
    findings& out, const fields& settings, const std::string& name, const std::string& right,
    level if_not, const std::string& reason
) {
  const auto found = settings.find(name);
  if (found == settings.end())
    return out.add(
        "redis." + name, level::note, "unknown",
        "this login may not read it, or a managed server hides it", "check that it is " + right
    );
  if (found->second == right) return out.ok("redis." + name, right);
  out.add(
      "redis." + name, if_not, found->second, reason,
      "CONFIG SET " + name + " " + right + " as trunkline-admin, and " + settings_file
  );
}

void check_role(findings& out, fields& info) {
  if (info["role"] == "master") return out.ok("redis.role", "primary");
  out.add(
      "redis.role", level::error, "replica", "a replica accepts no writes",
      "set --redis to the address of the primary"
  );
}

// Redis rejects every command, SELECT included, while it loads its file.
bool is_loading(findings& out, const redis::client::result& first) {
  if (!first.error().starts_with("LOADING")) return false;
  out.unreachable(
      "redis.loading", "Redis is loading its file", "wait, then run trunkline doctor again"
  );
  return true;
}

void check_persistence(findings& out, fields& info) {
  const auto& write = info["aof_last_write_status"];
  if (!write.empty() && write != "ok")
    out.add(
        "redis.aof_errors", level::error, "the last write of the append-only file failed",
        "the gateway responds 503 until a write succeeds", "check the log and the disk of Redis"
    );
  else if (const auto& rewrite = info["aof_last_bgrewrite_status"];
           !rewrite.empty() && rewrite != "ok")
    out.add(
        "redis.aof_errors", level::warning, "the last rewrite of the append-only file failed",
        "the file grows until a rewrite succeeds",
        "check the log and the disk of Redis, then BGREWRITEAOF as trunkline-admin"
    );
  else
    out.ok("redis.aof_errors", "none");
}

void check_memory(findings& out, fields& info) {
  const double used = number(info["used_memory"]), max = number(info["maxmemory"]);
  const auto mib = [](double bytes) {
    return std::to_string(static_cast<long long>(bytes) >> 20) + " MiB";
  };
  if (max <= 0)
    return out.add(
        "redis.memory", level::note, mib(used) + " used, no limit",
        "without maxmemory the gateway accepts deliveries until the machine is full",
        "CONFIG SET maxmemory 512mb as trunkline-admin, and in redis.conf"
    );
  const double share = used / max;
  const auto what = mib(used) + " of " + mib(max) + " used";
  if (share >= 0.75)
    return out.add(
        "redis.memory", level::error, what, "from 75 % on the gateway responds 503",
        "start more workers, or raise maxmemory with CONFIG SET as trunkline-admin"
    );
  if (share >= 0.5)
    return out.add(
        "redis.memory", level::warning, what, "from 75 % on the gateway responds 503",
        "trunkline queue; start more workers"
    );
  out.ok("redis.memory", what);
}

// Checks whether Redis accepts connections without a user: then its users do not protect it.
void check_login(findings& out, redis::endpoint where, const logger& log) {
  const bool named = !where.user.empty();
  where.user.clear();
  where.password.clear();
  where.database = 0;
  redis::client anonymous(
      {.where = where, .client_name = "", .connect_timeout = doctor_budget}, log
  );
  // PING fails while Redis cannot write its file, also for a valid login.
  const auto got = anonymous.execute({"TIME"}, doctor_budget);
  if (got.ok())
    return out.add(
        "redis.acl", level::warning, "connections without a user are accepted",
        "anyone who can connect can read, change and delete deliveries",
        "include deploy/redis-users.conf, with your own passwords"
    );
  if (!named)
    return out.add(
        "redis.acl", level::note, "this login is the default user",
        "deploy/redis-users.conf has users with the least privileges",
        "use --redis redis://trunkline-operator:PASSWORD@HOST:PORT/0"
    );
  out.ok("redis.acl", "connections without a user are refused");
}

// got: the results of the commands in `names`.
void check_rights(findings& out, const results& got, bool no_info) {
  constexpr std::array names = {"CONFIG GET", "CONFIG GET", "XPENDING", "XINFO", "SCAN", "HGETALL"};
  std::set<std::string> missing;
  if (no_info) missing.insert("INFO");
  for (std::size_t i = 0; i < got.size(); ++i)
    if (got[i].reply.is_error() && got[i].reply.error_code() == "NOPERM") missing.insert(names[i]);
  std::string refused;
  for (const auto& name : missing) refused += (refused.empty() ? "" : ", ") + name;
  if (refused.empty()) return out.ok("redis.rights", "sufficient");
  out.add(
      "redis.rights", level::warning, "missing: " + refused,
      "trunkline queue, stats and workers list show less, or nothing",
      "give this user the commands of trunkline-operator in deploy/redis-users.conf"
  );
}

}  // namespace

findings examine_redis(const config::common_options& options) {
  findings out;
  redis::endpoint where;
  if (const auto error = redis::parse_url(options.redis, where); !error.empty()) {
    out.unreachable("redis.reach", "invalid address: " + error, "set --redis or REDIS_URL");
    return out;
  }
  auto quiet = options;
  if (quiet.log_level != "debug") quiet.log_level = "error";
  const auto log = config::make_logger("doctor", quiet);
  redis::client client(
      {.where = where, .client_name = "trunkline-doctor", .connect_timeout = doctor_budget}, log
  );
  // Redis replies to INFO in any state, but not to PING.
  const auto first = client.execute({"INFO"}, doctor_budget);
  if (is_loading(out, first)) return out;
  const bool no_info = first.reply.error_code() == "NOPERM";
  if (!first.ok() && !no_info) {
    out.unreachable(
        "redis.reach", where.describe() + ": " + first.error(),
        "systemctl status redis-server; check --redis, its user and password"
    );
    return out;
  }
  out.ok("redis.reach", where.describe());
  auto info = info_fields(first.reply.text);
  const auto before = system_clock::now();
  const auto time = client.execute({"TIME"}, doctor_budget);
  const auto here = before + (system_clock::now() - before) / 2;
  const auto key = stream::deliveries_key(options.stream_namespace);
  const auto got = client.pipeline(
      {{"CONFIG", "GET", "*append*"},
       {"CONFIG", "GET", "maxmemory-policy"},
       {"XPENDING", key, std::string(stream::group)},
       {"XINFO", "STREAM", key},
       {"SCAN", "0", "COUNT", "1"},
       {"HGETALL", stream::process_key(options.stream_namespace, "worker", "none")}},
      doctor_budget
  );
  check_rights(out, got, no_info);
  check_login(out, where, log);
  if (no_info) {
    out.add(
        "redis.info", level::note, "unknown: version, role, memory, file errors",
        "this login may not run INFO",
        "give this user the commands of trunkline-operator in deploy/redis-users.conf"
    );
  } else {
    check_version(out, info["redis_version"]);
    check_role(out, info);
    check_persistence(out, info);
    check_memory(out, info);
  }
  auto settings = all_fields(got[0].reply);
  settings.merge(all_fields(got[1].reply));
  const std::string lost = "a power failure loses accepted deliveries";
  check_setting(out, settings, "appendonly", "yes", level::error, lost);
  check_setting(out, settings, "appendfsync", "always", level::error, lost);
  check_setting(out, settings, "no-appendfsync-on-rewrite", "no", level::error, lost);
  check_setting(
      out, settings, "maxmemory-policy", "noeviction", level::error,
      "Redis evicts accepted deliveries when its memory is full"
  );
  if (time.ok() && time.reply.elements.size() == 2) {
    const double there =
        number(time.reply.elements[0].text) + number(time.reply.elements[1].text) / 1e6;
    const double now = std::chrono::duration<double>(here.time_since_epoch()).count();
    out.add(judge_clock("clock.redis", "Redis", there - now));
  }
  return out;
}

}  // namespace trunkline::admin
