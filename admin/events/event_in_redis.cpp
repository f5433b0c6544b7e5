// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_in_redis.hpp"

#include <algorithm>

#include "admin/events/event_lookup.hpp"
#include "admin/redis.hpp"

namespace trunkline::admin {
namespace {

using clock = std::chrono::steady_clock;
using milliseconds = std::chrono::milliseconds;

class search {
 public:
  search(const config::common_options& options, const redis::endpoint& where, milliseconds time)
      : key_(stream::deliveries_key(options.stream_namespace)),
        end_(clock::now() + time),
        where_(where),
        client_(open_redis(options, where, "events", time)) {}

  redis_lookup entry(const std::string& id) {
    range(id, id, 1, [&](const stream::entry& each) { return each.id == id; });
    add_reader();
    return out_;
  }

  redis_lookup any(const std::string& id) {
    if (time_of_entry_id(id)) return entry(id);
    const auto quoted = '"' + id + '"';
    const auto matches = [&](const stream::entry& each) {
      if (!each.content) return false;
      return each.content->delivery_id == id || each.content->provider_delivery_id == id ||
             each.content->body.find(quoted) != std::string::npos;
    };
    // Trunkline's delivery ids contain their time; the entry was added within the gateway's
    // deadline.
    if (const auto ms = time_of_delivery_id(id))
      pages(std::to_string(*ms - 5000), std::to_string(*ms + 60000), matches);
    else
      pages("-", "+", matches);
    add_reader();
    return out_;
  }

 private:
  milliseconds left() const {
    return std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(end_ - clock::now()));
  }

  redis::client::result execute(const std::vector<std::string>& command) {
    auto got = client_.execute(command, left());
    if (!got.ok() && out_.error.empty()) out_.error = describe(got, where_);
    return got;
  }

  // Reads a range of entries and keeps the first that matches. Returns the number of entries read.
  template <class Matches>
  std::size_t range(
      const std::string& from, const std::string& to, int max_entries, const Matches& matches
  ) {
    auto got = execute({"XRANGE", key_, from, to, "COUNT", std::to_string(max_entries)});
    if (!got.ok()) return 0;
    for (auto& element : got.reply.elements) {
      auto entry = stream::decode_entry(std::move(element));
      last_ = entry.id;
      if (out_.found || !matches(entry)) continue;
      out_.found = waiting_delivery{
          entry.id, entry.content.value_or(stream::delivery{}), entry.problem, {}, {}, {}};
    }
    return got.reply.elements.size();
  }

  template <class Matches>
  void pages(std::string from, const std::string& to, const Matches& matches) {
    constexpr int page = 50;  // entries of up to 1 MiB
    while (range(from, to, page, matches) == page && !out_.found) {
      if (clock::now() > end_) {
        out_.complete = false;
        return;
      }
      from = "(" + last_;
    }
  }

  void add_reader() {
    if (!out_.found) return;
    const auto& id = out_.found->entry_id;
    const auto got =
        client_.execute({"XPENDING", key_, std::string(stream::group), id, id, "1"}, left());
    if (!got.ok() || got.reply.elements.empty()) return;
    const auto& row = got.reply.elements[0].elements;  // id, consumer, idle, times delivered
    if (row.size() < 4) return;
    out_.found->reader = row[1].text;
    out_.found->idle_ms = row[2].integer;
    out_.found->times_read = row[3].integer;
  }

  std::string key_, last_;
  clock::time_point end_;
  redis::endpoint where_;
  redis::client client_;
  redis_lookup out_;
};

template <class Look>
redis_lookup with_redis(
    const config::common_options& options, milliseconds time, const Look& look
) {
  redis::endpoint where;
  if (auto error = redis::parse_url(options.redis, where); !error.empty())
    return {{}, true, "--redis: " + error};
  search in(options, where, time);
  return look(in);
}

}  // namespace

redis_lookup find_waiting(
    const config::common_options& options, const std::string& id, milliseconds time
) {
  return with_redis(options, time, [&](search& in) { return in.any(id); });
}

redis_lookup find_entry(
    const config::common_options& options, const std::string& entry_id, milliseconds time
) {
  return with_redis(options, time, [&](search& in) { return in.entry(entry_id); });
}

}  // namespace trunkline::admin
