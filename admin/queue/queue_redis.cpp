// SPDX-License-Identifier: Apache-2.0
// Reads the queue from Redis in four round trips. The age of an entry is the TIME of Redis minus
// the time in the entry's id, so that the clock of this machine does not matter.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "admin/queue/queue_readers.hpp"
#include "admin/redis.hpp"
#include "admin/redis_reply.hpp"
#include "common/stream/contract.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::milliseconds;
using command = std::vector<std::string>;
using results = std::vector<redis::client::result>;

// Returns whether a gateway has just started: it publishes its first process info before it has
// connected to Redis for deliveries.
bool is_first_heartbeat(const redis::reply& hash) {
  const auto started = parse_integer(text_field(hash, "started").value_or(""));
  const auto seen = parse_integer(text_field(hash, "seen").value_or(""));
  return started && seen && *seen - *started < 1000;
}

class reader {
 public:
  reader(const config::common_options& options, const redis::endpoint& where, milliseconds budget)
      : names_(options.stream_namespace),
        key_(stream::deliveries_key(names_)),
        end_(std::chrono::steady_clock::now() + budget),
        where_(where),
        client_(open_redis(options, where, "queue", budget)) {}

  reading<redis_state> read();
  reading<redis_state> read_queue();

 private:
  results pipeline(const std::vector<command>& commands) {
    return client_.pipeline(
        commands,
        std::max(
            milliseconds(1),
            std::chrono::duration_cast<milliseconds>(end_ - std::chrono::steady_clock::now())
        )
    );
  }
  std::optional<milliseconds> age_of(std::string_view entry_id) const {
    const auto created = parse_integer(entry_id);
    if (!created || *created == 0) return std::nullopt;
    return std::max(milliseconds(0), milliseconds(now_ms_ - *created));
  }
  // Keeps the first problem.
  void note(const redis::client::result& failed, const std::string& what) {
    if (problem_.empty()) problem_ = what + ": " + failed.error();
  }

  bool read_depth();
  void read_memory(const redis::client::result&);
  void read_oldest();
  void read_minutes();
  void read_server();
  std::optional<std::vector<process_info>> read_processes(std::string_view kind);
  std::optional<std::vector<std::string>> scan(const std::string& pattern);

  std::string names_, key_;
  std::chrono::steady_clock::time_point end_;
  redis::endpoint where_;
  redis::client client_;
  redis_state state_;
  std::int64_t now_ms_ = 0;
  std::optional<std::string> last_delivered_;  // absent: unknown
  std::string problem_;
};

// Returns whether the stream or its group does not exist yet, which counts as empty. Other error
// replies (NOPERM, WRONGTYPE) are problems.
bool is_empty(const redis::client::result& result) {
  return result.why == redis::failure::none &&
         (result.reply.text.starts_with("NOGROUP") || result.reply.text == "ERR no such key");
}

// Returns false if Redis is unreachable.
bool reader::read_depth() {
  const std::string group(stream::group);
  const auto got = pipeline(
      {{"TIME"},
       {"XLEN", key_},
       {"XPENDING", key_, group},
       {"XINFO", "STREAM", key_},
       {"XINFO", "GROUPS", key_},
       {"XINFO", "CONSUMERS", key_, group}}
  );
  if (!got[0].ok() || !got[1].ok()) {
    problem_ = describe(got[0].ok() ? got[1] : got[0], where_);
    return false;
  }
  constexpr std::array names = {"time",       "length",    "pending entries",
                                "the stream", "its group", "its consumers"};
  for (std::size_t i = 2; i < got.size(); ++i)
    if (!got[i].ok() && !is_empty(got[i])) note(got[i], names[i]);
  const auto& time = got[0].reply.elements;
  if (time.size() == 2)
    now_ms_ = parse_integer(time[0].text).value_or(0) * 1000 +
              parse_integer(time[1].text).value_or(0) / 1000;
  state_.length = got[1].reply.integer;
  state_.pending = is_empty(got[2]) ? std::optional<std::int64_t>(0) : std::nullopt;
  if (const auto& pending = got[2].reply; got[2].ok() && pending.elements.size() >= 2) {
    state_.pending = pending.elements[0].integer;
    state_.pending_age = age_of(pending.elements[1].text);
  }
  state_.ever_accepted_known = got[3].ok() || is_empty(got[3]);
  if (got[3].ok())
    if (const auto last = text_field(got[3].reply, "last-generated-id"))
      state_.last_accepted_age = age_of(*last);
  if (got[4].ok() || is_empty(got[4])) last_delivered_ = "0-0";
  for (const auto& each : got[4].reply.elements)
    if (text_field(each, "name") == group)
      last_delivered_ = text_field(each, "last-delivered-id").value_or("0-0");
  if (got[5].ok() || is_empty(got[5])) state_.consumers = 0;
  for (const auto& each : got[5].reply.elements)
    if (text_field(each, "name") != stream::released_consumer) ++*state_.consumers;
  return true;
}

void reader::read_oldest() {
  if (state_.ready() == 0 || !last_delivered_) return;
  const auto got = pipeline({{"XRANGE", key_, "(" + *last_delivered_, "+", "COUNT", "1"}});
  if (!got[0].ok()) return note(got[0], "age of the oldest entry");
  if (!got[0].reply.elements.empty() && !got[0].reply.elements[0].elements.empty())
    state_.ready_age = age_of(got[0].reply.elements[0].elements[0].text);
}

// Reads the gateways' counters per minute: rejected requests over an hour, the rate of accepted
// ones over the last full minute and the current one.
void reader::read_minutes() {
  const std::int64_t minute = now_ms_ / 60000;
  std::vector<command> commands;
  for (std::int64_t back = 0; back < 60; ++back)
    commands.push_back({"HGETALL", stream::minute_key(names_, minute - back)});
  const auto got = pipeline(commands);
  std::map<std::string, std::int64_t> rejected;
  std::int64_t accepted = 0;
  for (std::size_t back = 0; back < got.size(); ++back) {
    if (!got[back].ok()) return note(got[back], "counters of the gateways");
    const auto& pairs = got[back].reply.elements;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      const std::int64_t count = parse_integer(pairs[i + 1].text).value_or(0);
      if (back < 2 && pairs[i].text == "accepted") accepted += count;
      if (pairs[i].text.starts_with("refused:")) rejected[pairs[i].text.substr(8)] += count;
    }
  }
  const double seconds = 60 + static_cast<double>(now_ms_ % 60000) / 1000;
  state_.accepted_rate = static_cast<double>(accepted) / seconds;
  state_.rejected = std::move(rejected);
}

void reader::read_memory(const redis::client::result& info) {
  if (!info.ok()) return note(info, "memory of Redis");
  auto fields = info_fields(info.reply.text);
  state_.used_memory = parse_integer(fields["used_memory"]);
  state_.max_memory = parse_integer(fields["maxmemory"]);
}

void reader::read_server() {
  const auto got = pipeline(
      {{"INFO", "memory"}, {"CONFIG", "GET", "*append*"}, {"CONFIG", "GET", "maxmemory-policy"}}
  );
  read_memory(got[0]);
  // Managed servers forbid CONFIG: durability is unknown then, which is not a problem.
  if (got[1].ok()) {
    state_.appendonly = text_field(got[1].reply, "appendonly");
    state_.appendfsync = text_field(got[1].reply, "appendfsync");
    state_.no_fsync_on_rewrite = text_field(got[1].reply, "no-appendfsync-on-rewrite");
  }
  if (got[2].ok()) state_.policy = text_field(got[2].reply, "maxmemory-policy");
}

std::optional<std::vector<std::string>> reader::scan(const std::string& pattern) {
  std::vector<std::string> keys;
  std::string cursor = "0";
  do {
    const auto got = pipeline({{"SCAN", cursor, "MATCH", pattern, "COUNT", "1000"}});
    if (!got[0].ok() || got[0].reply.elements.size() != 2) {
      note(got[0], "process info");
      return std::nullopt;
    }
    cursor = got[0].reply.elements[0].text;
    for (const auto& key : got[0].reply.elements[1].elements) keys.push_back(key.text);
  } while (cursor != "0");
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());  // SCAN may return a key twice
  return keys;
}

std::optional<std::vector<process_info>> reader::read_processes(std::string_view kind) {
  const auto keys = scan(stream::process_pattern(names_, kind));
  if (!keys) return std::nullopt;
  if (keys->empty()) return std::vector<process_info>{};
  std::vector<command> commands;
  for (const auto& key : *keys) commands.push_back({"HGETALL", key});
  const auto got = pipeline(commands);
  const std::size_t prefix = stream::process_key(names_, kind, "").size();
  std::vector<process_info> processes;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (!got[i].ok()) {
      note(got[i], "process info");
      return std::nullopt;
    }
    const auto& hash = got[i].reply;
    if (hash.elements.empty()) continue;  // expired since SCAN
    process_info process;
    process.id = (*keys)[i].substr(prefix);
    process.state = text_field(hash, "state").value_or("");
    process.reason = text_field(hash, "reason").value_or("");
    if (process.state == "unavailable" && is_first_heartbeat(hash)) process.state = "starting";
    process.durability = text_field(hash, "durability").value_or("");
    if (const auto rate = text_field(hash, "rate_1m"))
      process.rate = std::strtod(rate->c_str(), nullptr);
    processes.push_back(std::move(process));
  }
  return processes;
}

reading<redis_state> reader::read() {
  if (!read_depth()) return {{}, problem_};
  read_oldest();
  read_minutes();
  read_server();
  state_.workers = read_processes("worker");
  state_.gateways = read_processes("gateway");
  return {std::move(state_), problem_};
}

reading<redis_state> reader::read_queue() {
  if (!read_depth()) return {{}, problem_};
  read_oldest();
  read_memory(pipeline({{"INFO", "memory"}})[0]);
  return {std::move(state_), problem_};
}

reading<redis_state> run(
    reading<redis_state> (reader::*read)(), const config::common_options& options,
    milliseconds budget
) {
  redis::endpoint where;
  if (const auto error = redis::parse_url(options.redis, where); !error.empty())
    return {{}, "invalid address of Redis: " + error};
  reader source(options, where, budget);
  return (source.*read)();
}

}  // namespace

reading<redis_state> read_redis(const config::common_options& options, milliseconds budget) {
  return run(&reader::read, options, budget);
}

reading<redis_state> read_redis_queue(const config::common_options& options, milliseconds budget) {
  return run(&reader::read_queue, options, budget);
}

}  // namespace trunkline::admin
