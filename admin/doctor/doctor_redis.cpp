// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdlib>
#include <map>
#include <set>

#include "common/redis/client.hpp"
#include "common/redis/url.hpp"
#include "common/stream/contract.hpp"
#include "admin/doctor/checks.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::system_clock;
using answers = std::vector<redis::client::result>;
constexpr const char* settings_file = "include deploy/redis.conf in redis.conf and restart Redis";

std::map<std::string, std::string> info_of(const std::string& text) {
  std::map<std::string, std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find("\r\n", at), text.size());
    const auto line = text.substr(at, end - at);
    if (const auto colon = line.find(':'); colon != std::string::npos && line[0] != '#')
      out[line.substr(0, colon)] = line.substr(colon + 1);
    at = end + 2;
  }
  return out;
}

std::map<std::string, std::string> pairs_of(const redis::reply& flat) {
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i + 1 < flat.elements.size(); i += 2)
    out[flat.elements[i].text] = flat.elements[i + 1].text;
  return out;
}

double number(const std::string& text) {
  return std::strtod(text.c_str(), nullptr);
}

void check_version(findings& out, const std::string& version) {
  if (number(version) >= 7) return out.ok("redis.version", version);
  if (number(version) >= 6.2)
    return out.add(
        "redis.version", level::warning, version, "tested with Redis 7", "install Redis 7"
    );
  out.add(
      "redis.version", level::error, version.empty() ? "unknown" : version,
      "workers need XAUTOCLAIM, of Redis 6.2", "install Redis 7"
  );
}

void check_setting(
    findings& out, const std::map<std::string, std::string>& settings, const std::string& name,
    const std::string& right, level if_not, const std::string& reason
) {
  const auto found = settings.find(name);
  if (found == settings.end())
    return out.add(
        "redis." + name, level::note, "unknown",
        "Redis does not tell (managed servers hide it): ask its provider; it should be " + right
    );
  if (found->second == right) return out.ok("redis." + name, right);
  out.add(
      "redis." + name, if_not, found->second, reason,
      "CONFIG SET " + name + " " + right + " as trunkline-admin; and " + settings_file
  );
}

void check_role(findings& out, std::map<std::string, std::string>& info) {
  if (info["role"] == "master") return out.ok("redis.role", "primary");
  out.add(
      "redis.role", level::error, "a replica", "nothing can be written here",
      "give the programs the primary's address"
  );
}

// Redis lets nobody choose a database while it reads its file.
bool is_loading(findings& out, const redis::client::result& first) {
  if (!first.error().starts_with("LOADING")) return false;
  out.away("redis.loading", "Redis reads its file", "wait, then trunkline doctor again");
  return true;
}

void check_persistence(findings& out, std::map<std::string, std::string>& info) {
  const auto& write = info["aof_last_write_status"];
  if (!write.empty() && write != "ok")
    out.add(
        "redis.aof_errors", level::error, "the last write of the append-only file failed",
        "deliveries are refused until it works", "see Redis' log; make room on its disk"
    );
  else if (const auto& rewrite = info["aof_last_bgrewrite_status"];
           !rewrite.empty() && rewrite != "ok")
    out.add(
        "redis.aof_errors", level::warning, "the last rewrite of the append-only file failed",
        "the file grows until one works",
        "see Redis' log; make room on its disk, then BGREWRITEAOF as trunkline-admin"
    );
  else
    out.ok("redis.aof_errors", "none");
}

void check_memory(findings& out, std::map<std::string, std::string>& info) {
  const double used = number(info["used_memory"]), most = number(info["maxmemory"]);
  const auto mib = [](double bytes) {
    return std::to_string(static_cast<long long>(bytes) >> 20) + " MiB";
  };
  if (most <= 0)
    return out.add(
        "redis.memory", level::note, mib(used) + " used, no limit",
        "without maxmemory the gateway can't stop before the machine is full",
        "CONFIG SET maxmemory 512mb as trunkline-admin, and in redis.conf"
    );
  const double share = used / most;
  const auto what = mib(used) + " of " + mib(most) + " used";
  if (share >= 0.75)
    return out.add(
        "redis.memory", level::error, what, "from 75 % on the gateway answers 503",
        "start more workers, or CONFIG SET maxmemory higher as trunkline-admin"
    );
  if (share >= 0.5)
    return out.add(
        "redis.memory", level::warning, what, "from 75 % on the gateway answers 503",
        "trunkline queue; start more workers"
    );
  out.ok("redis.memory", what);
}

// Whether somebody without a name gets in: then the users are no protection.
void check_login(findings& out, redis::endpoint where, const logger& log) {
  const bool named = !where.user.empty();
  where.user.clear();
  where.password.clear();
  where.database = 0;
  redis::client stranger(
      {.where = where, .client_name = "", .connect_timeout = doctor_budget}, log
  );
  // Not PING: Redis answers that with an error of its disk.
  const auto got = stranger.execute({"TIME"}, doctor_budget);
  if (got.ok())
    return out.add(
        "redis.acl", level::warning, "Redis lets in anybody, without a name",
        "whoever reaches it may read, change and delete deliveries",
        "include deploy/redis-users.conf with passwords of your own"
    );
  if (!named)
    return out.add(
        "redis.acl", level::note, "this login is the default user",
        "users with no more rights than they need are in deploy/redis-users.conf",
        "give --redis redis://trunkline-operator:PASSWORD@HOST:PORT/0"
    );
  out.ok("redis.acl", "nobody gets in without a name");
}

// got: the answers to what is named here.
void check_rights(findings& out, const answers& got, bool no_info) {
  constexpr std::array names = {"CONFIG GET", "CONFIG GET", "XPENDING", "XINFO", "SCAN", "HGETALL"};
  std::set<std::string> missing;
  if (no_info) missing.insert("INFO");
  for (std::size_t i = 0; i < got.size(); ++i)
    if (got[i].reply.is_error() && got[i].reply.error_code() == "NOPERM") missing.insert(names[i]);
  std::string refused;
  for (const auto& name : missing) refused += (refused.empty() ? "" : ", ") + name;
  if (refused.empty()) return out.ok("redis.rights", "this login may look at all");
  out.add(
      "redis.rights", level::warning, "not allowed: " + refused,
      "trunkline queue, stats and workers list show less, or nothing",
      "give this user the commands of trunkline-operator in deploy/redis-users.conf"
  );
}

}  // namespace

findings examine_redis(const config::common_options& options) {
  findings out;
  redis::endpoint where;
  if (const auto wrong = redis::parse_url(options.redis, where); !wrong.empty()) {
    out.away("redis.reach", "the address: " + wrong, "give --redis or REDIS_URL");
    return out;
  }
  auto quiet = options;
  if (quiet.log_level != "debug") quiet.log_level = "error";
  const auto log = config::make_logger("doctor", quiet);
  redis::client client(
      {.where = where, .client_name = "trunkline-doctor", .connect_timeout = doctor_budget}, log
  );
  // INFO is answered whatever state Redis is in; PING is not.
  const auto first = client.execute({"INFO"}, doctor_budget);
  if (is_loading(out, first)) return out;
  const bool narrow = first.reply.error_code() == "NOPERM";
  if (!first.ok() && !narrow) {
    out.away(
        "redis.reach", where.describe() + ": " + first.error(),
        "systemctl status redis-server; check --redis, its user and password"
    );
    return out;
  }
  out.ok("redis.reach", where.describe());
  auto info = info_of(first.reply.text);
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
  check_rights(out, got, narrow);
  check_login(out, where, log);
  if (narrow) {
    out.add(
        "redis.info", level::note, "unknown: version, role, memory, errors of the file",
        "this login may not ask INFO",
        "give this user the commands of trunkline-operator in deploy/redis-users.conf"
    );
  } else {
    check_version(out, info["redis_version"]);
    check_role(out, info);
    check_persistence(out, info);
    check_memory(out, info);
  }
  auto settings = pairs_of(got[0].reply);
  settings.merge(pairs_of(got[1].reply));
  const std::string lost = "a power cut loses deliveries that were answered 200";
  check_setting(out, settings, "appendonly", "yes", level::error, lost);
  check_setting(out, settings, "appendfsync", "always", level::error, lost);
  check_setting(out, settings, "no-appendfsync-on-rewrite", "no", level::error, lost);
  check_setting(
      out, settings, "maxmemory-policy", "noeviction", level::error,
      "Redis throws accepted deliveries away when it is full"
  );
  if (time.ok() && time.reply.elements.size() == 2) {
    const double there =
        number(time.reply.elements[0].text) + number(time.reply.elements[1].text) / 1e6;
    const double now = std::chrono::duration<double>(here.time_since_epoch()).count();
    const auto clock = judge_clock("clock.redis", "Redis", there - now);
    out.add(clock.check, clock.how, clock.what, clock.reason, clock.mend);
  }
  return out;
}

}  // namespace trunkline::admin
