// SPDX-License-Identifier: Apache-2.0
#include "admin/workers/worker_processes.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "admin/redis.hpp"
#include "admin/redis_reply.hpp"
#include "common/json/json_object.hpp"
#include "common/stream/contract.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::milliseconds;

// A running worker reads more often than this.
constexpr std::int64_t max_idle_ms = 5000;

// Takes host and pid from an id "host-pid-random".
void split_id(worker_process& process) {
  const auto last = process.id.rfind('-');
  if (last == std::string::npos || last == 0) return;
  const auto middle = process.id.rfind('-', last - 1);
  if (middle == std::string::npos) return;
  process.host = process.id.substr(0, middle);
  process.pid = parse_integer(std::string_view(process.id).substr(middle + 1, last - middle - 1));
}

worker_process from_process_info(std::string id, const redis::reply& hash) {
  auto fields = all_fields(hash);
  worker_process out;
  out.id = std::move(id);
  out.host = fields["host"];
  out.version = fields["version"];
  out.state = fields["state"];
  out.reason = fields["reason"];
  out.pid = parse_integer(fields["pid"]);
  out.threads = parse_integer(fields["threads"]);
  out.in_flight = parse_integer(fields["in_flight"]);
  out.started_ms = parse_integer(fields["started"]);
  out.since_ms = parse_integer(fields["since"]);
  out.seen_ms = parse_integer(fields["seen"]);
  if (const auto& rate = fields["rate_1m"]; !rate.empty())
    out.rate = std::strtod(rate.c_str(), nullptr);
  return out;
}

class reader {
 public:
  reader(const config::common_options& options, const redis::endpoint& where, milliseconds budget)
      : names_(options.stream_namespace),
        end_(std::chrono::steady_clock::now() + budget),
        where_(where),
        client_(open_redis(options, where, "workers", budget)) {}

  worker_processes read() {
    worker_processes out;
    const auto basics = pipeline(
        {{"TIME"},
         {"XINFO", "CONSUMERS", stream::deliveries_key(names_), std::string(stream::group)}}
    );
    if (!take(basics[0], out)) return out;
    const auto& time = basics[0].reply.elements;
    if (time.size() == 2) out.now_ms = parse_integer(time[0].text).value_or(0) * 1000;
    read_process_info(out);
    const auto& text = basics[1].reply.text;
    const bool none = basics[1].why == redis::failure::none &&
                      (text.starts_with("NOGROUP") || text == "ERR no such key");
    if (!out.problem.empty() || none || !take(basics[1], out)) return out;
    add_gone(out, basics[1].reply);
    return out;
  }

 private:
  std::vector<redis::client::result> pipeline(const std::vector<std::vector<std::string>>& commands
  ) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(end_ - std::chrono::steady_clock::now());
    return client_.pipeline(commands, std::max(milliseconds(1), left));
  }
  bool take(const redis::client::result& got, worker_processes& out) const {
    if (!got.ok()) out.problem = describe(got, where_);
    return got.ok();
  }

  void read_process_info(worker_processes& out) {
    std::vector<std::string> keys;
    std::string cursor = "0";
    do {
      const auto got = pipeline(
          {{"SCAN", cursor, "MATCH", stream::process_pattern(names_, "worker"), "COUNT", "1000"}}
      );
      if (!take(got[0], out)) return;
      cursor = got[0].reply.elements.at(0).text;
      for (const auto& key : got[0].reply.elements.at(1).elements) keys.push_back(key.text);
    } while (cursor != "0");
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    std::vector<std::vector<std::string>> commands;
    for (const auto& key : keys) commands.push_back({"HGETALL", key});
    if (keys.empty()) return;
    const auto got = pipeline(commands);
    const auto prefix = stream::process_key(names_, "worker", "").size();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!take(got[i], out)) return;
      if (!got[i].reply.elements.empty())
        out.workers.push_back(from_process_info(keys[i].substr(prefix), got[i].reply));
    }
  }

  // Adds the processes that have consumers and no process info. A worker that drains deletes its
  // consumers. One whose consumers still read is running: process info outlives the last read.
  static void add_gone(worker_processes& out, const redis::reply& consumers) {
    std::map<std::string, worker_process> gone;
    for (const auto& each : consumers.elements) {
      auto fields = all_fields(each);
      const auto id = process_of_consumer(fields["name"]);
      const bool alive = std::any_of(
          out.workers.begin(), out.workers.end(), [&](const auto& other) { return other.id == id; }
      );
      if (id.empty() || alive) continue;
      auto& process = gone[id];
      process.id = id;
      split_id(process);
      process.threads = process.threads.value_or(0) + 1;
      process.in_flight =
          process.in_flight.value_or(0) + parse_integer(fields["pending"]).value_or(0);
      const auto seen = out.now_ms - parse_integer(fields["idle"]).value_or(0);
      process.seen_ms = std::max(process.seen_ms.value_or(seen), seen);
    }
    for (auto& [id, process] : gone) {
      const bool reads = out.now_ms - *process.seen_ms < max_idle_ms;
      process.state = reads ? "" : "gone";
      process.reason = reads ? "reads without process info: Redis may be full"
                             : "ended without draining; other workers reclaim its entries";
      out.workers.push_back(std::move(process));
    }
  }

  const std::string names_;
  const std::chrono::steady_clock::time_point end_;
  redis::endpoint where_;
  redis::client client_;
};

}  // namespace

std::string process_of_consumer(const std::string& consumer) {
  const auto dash = consumer.rfind('-');
  if (dash == std::string::npos || dash + 1 == consumer.size()) return "";
  const auto thread = std::string_view(consumer).substr(dash + 1);
  const bool number = thread.find_first_not_of("0123456789") == std::string_view::npos;
  return number ? consumer.substr(0, dash) : "";
}

worker_processes read_workers(const config::common_options& options, milliseconds budget) {
  redis::endpoint where;
  if (const auto error = redis::parse_url(options.redis, where); !error.empty()) {
    worker_processes out;
    out.problem = "invalid address of Redis: " + error;
    return out;
  }
  return reader(options, where, budget).read();
}

std::optional<milliseconds> age(const worker_processes& all, std::optional<std::int64_t> then) {
  if (!then) return std::nullopt;
  return milliseconds(std::max<std::int64_t>(0, all.now_ms - *then));
}

std::string as_json(const worker_processes& all) {
  const auto seconds = [&](std::optional<std::int64_t> then) {
    const auto since = age(all, then);
    return since ? std::optional(static_cast<double>(since->count()) / 1000) : std::nullopt;
  };
  const auto known = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  std::vector<json_object> rows;
  for (const auto& process : all.workers)
    rows.push_back(json_object()
                       .text("id", process.id)
                       .text("host", known(process.host))
                       .number("pid", process.pid)
                       .text("version", known(process.version))
                       .number("threads", process.threads)
                       .text("state", known(process.state))
                       .text("reason", known(process.reason))
                       .number("in_flight", process.in_flight)
                       .real("up_seconds", seconds(process.started_ms))
                       .real("state_seconds", seconds(process.since_ms))
                       .real("seen_seconds", seconds(process.seen_ms))
                       .real("events_per_second", process.rate));
  return json_object().list("workers", rows).str();
}

}  // namespace trunkline::admin
