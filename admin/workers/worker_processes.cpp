// SPDX-License-Identifier: Apache-2.0
#include "admin/workers/worker_processes.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>

#include "common/stream/contract.hpp"
#include "admin/redis.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t silence_ms = 5000;

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

std::map<std::string, std::string> pairs_of(const redis::reply& flat) {
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i + 1 < flat.elements.size(); i += 2) {
    const auto& value = flat.elements[i + 1];
    out[flat.elements[i].text] =
        value.type == redis::reply::kind::integer ? std::to_string(value.integer) : value.text;
  }
  return out;
}

// "host-pid-random": its parts, where it has them.
void name_parts(worker_card& card) {
  const auto last = card.id.rfind('-');
  if (last == std::string::npos || last == 0) return;
  const auto middle = card.id.rfind('-', last - 1);
  if (middle == std::string::npos) return;
  card.host = card.id.substr(0, middle);
  card.pid = whole(std::string_view(card.id).substr(middle + 1, last - middle - 1));
}

worker_card from_card(std::string id, const redis::reply& hash) {
  auto fields = pairs_of(hash);
  worker_card out;
  out.id = std::move(id);
  out.host = fields["host"];
  out.version = fields["version"];
  out.state = fields["state"];
  out.reason = fields["reason"];
  out.pid = whole(fields["pid"]);
  out.threads = whole(fields["threads"]);
  out.in_hand = whole(fields["in_hand"]);
  out.started_ms = whole(fields["started"]);
  out.since_ms = whole(fields["since"]);
  out.seen_ms = whole(fields["seen"]);
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

  worker_cards read() {
    worker_cards out;
    const auto basics = ask(
        {{"TIME"},
         {"XINFO", "CONSUMERS", stream::deliveries_key(names_), std::string(stream::group)}}
    );
    if (!take(basics[0], out)) return out;
    const auto& time = basics[0].reply.elements;
    if (time.size() == 2) out.now_ms = whole(time[0].text).value_or(0) * 1000;
    read_cards(out);
    const auto& text = basics[1].reply.text;
    const bool none = basics[1].why == redis::failure::none &&
                      (text.starts_with("NOGROUP") || text == "ERR no such key");
    if (!out.problem.empty() || none || !take(basics[1], out)) return out;
    add_gone(out, basics[1].reply);
    return out;
  }

 private:
  std::vector<redis::client::result> ask(const std::vector<std::vector<std::string>>& commands) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(end_ - std::chrono::steady_clock::now());
    return client_.pipeline(commands, std::max(milliseconds(1), left));
  }
  bool take(const redis::client::result& got, worker_cards& out) const {
    if (!got.ok()) out.problem = describe(got, where_);
    return got.ok();
  }

  void read_cards(worker_cards& out) {
    std::vector<std::string> keys;
    std::string cursor = "0";
    do {
      const auto got = ask(
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
    const auto got = ask(commands);
    const auto prefix = stream::process_key(names_, "worker", "").size();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!take(got[i], out)) return;
      if (!got[i].reply.elements.empty())
        out.workers.push_back(from_card(keys[i].substr(prefix), got[i].reply));
    }
  }

  // Whoever leaves in an orderly way takes its consumers away. Who reads lives, card or no card:
  // the card of one that ended expires long after its last read.
  static void add_gone(worker_cards& out, const redis::reply& consumers) {
    std::map<std::string, worker_card> gone;
    for (const auto& each : consumers.elements) {
      auto fields = pairs_of(each);
      const auto id = process_of_consumer(fields["name"]);
      const bool alive = std::any_of(out.workers.begin(), out.workers.end(), [&](const auto& card) {
        return card.id == id;
      });
      if (id.empty() || alive) continue;
      auto& card = gone[id];
      card.id = id;
      name_parts(card);
      card.threads = card.threads.value_or(0) + 1;
      card.in_hand = card.in_hand.value_or(0) + whole(fields["pending"]).value_or(0);
      const auto seen = out.now_ms - whole(fields["idle"]).value_or(0);
      card.seen_ms = std::max(card.seen_ms.value_or(seen), seen);
    }
    for (auto& [id, card] : gone) {
      const bool reads = out.now_ms - *card.seen_ms < silence_ms;
      card.state = reads ? "" : "gone";
      card.reason = reads ? "it reads, but Redis has no card of it: is Redis full?"
                          : "it ended without leaving in order; others take over what it had in "
                            "hand";
      out.workers.push_back(std::move(card));
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

worker_cards read_workers(const config::common_options& options, milliseconds budget) {
  redis::endpoint where;
  if (const auto wrong = redis::parse_url(options.redis, where); !wrong.empty()) {
    worker_cards out;
    out.problem = "Redis' address: " + wrong;
    return out;
  }
  return reader(options, where, budget).read();
}

}  // namespace trunkline::admin
