// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/delivery_locator.hpp"
#include "parse/normalise.hpp"

#include <algorithm>

namespace trunkline::admin {
namespace {

class search {
 public:
  search(database& db, stream_scan& redis, const std::vector<openphone::delivery>& deliveries)
      : db_(db), redis_(redis), deliveries_(deliveries) {
    out_.of.resize(deliveries.size());
  }

  located_deliveries run(std::chrono::milliseconds time) {
    search_postgres();
    if (out_.failure || unlocated() == 0) return std::move(out_);
    search_redis(time);
    search_postgres();
    if (out_.whole_queue)
      for (auto& each : out_.of)
        if (each.where == place::unknown) each.where = place::missing;
    return std::move(out_);
  }

 private:
  std::size_t unlocated() const {
    return static_cast<std::size_t>(std::count_if(
        out_.of.begin(), out_.of.end(),
        [](const located_delivery& each) { return each.where == place::unknown; }
    ));
  }

  // By webhook-id, or by event id for the older signature, which has no webhook-id.
  void search_postgres() {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < deliveries_.size(); ++i) {
      if (out_.of[i].where == place::row) continue;
      ids.push_back(deliveries_[i].id);
      if (!deliveries_[i].event_id.empty()) ids.push_back(deliveries_[i].event_id);
    }
    const auto here = find_delivery_rows(db_, ids);
    out_.failure = here.failure;
    for (std::size_t i = 0; i < deliveries_.size(); ++i) {
      auto found = here.by_id.find(deliveries_[i].id);
      if (found == here.by_id.end()) found = here.by_id.find(deliveries_[i].event_id);
      if (found != here.by_id.end()) out_.of[i] = {place::row, found->second, ""};
    }
  }

  void search_redis(std::chrono::milliseconds time) {
    std::multimap<std::string, std::size_t> wanted;
    for (std::size_t i = 0; i < deliveries_.size(); ++i) {
      if (out_.of[i].where != place::unknown) continue;
      wanted.emplace(deliveries_[i].id, i);
      if (!deliveries_[i].event_id.empty()) wanted.emplace(deliveries_[i].event_id, i);
    }
    std::size_t left = unlocated();
    out_.whole_queue = redis_.each_after(
        "", time,
        [&](const stream::entry& entry) {
          if (!entry.content) return;
          const auto& id = entry.content->provider_delivery_id;
          const auto [from, to] =
              wanted.equal_range(id.empty() ? parse::normalise(entry.content->body).event_id : id);
          for (auto each = from; each != to; ++each) {
            auto& one = out_.of[each->second];
            if (one.where != place::unknown) continue;
            one = {place::queue, {}, entry.id};
            --left;
          }
        },
        [&left] { return left == 0; }
    );
    out_.redis_error = redis_.error();
  }

  database& db_;
  stream_scan& redis_;
  const std::vector<openphone::delivery>& deliveries_;
  located_deliveries out_;
};

}  // namespace

std::string_view to_string(place where) {
  switch (where) {
    case place::row:
      return "row";
    case place::queue:
      return "queue";
    case place::missing:
      return "missing";
    default:
      return "unknown";
  }
}

located_deliveries locate(
    database& db, stream_scan& redis, const std::vector<openphone::delivery>& deliveries,
    std::chrono::milliseconds time
) {
  return search(db, redis, deliveries).run(time);
}

}  // namespace trunkline::admin
