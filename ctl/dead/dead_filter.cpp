// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/base/units.hpp"
#include "ctl/dead/dead.hpp"
#include "ctl/events/event_lookup.hpp"
#include "ctl/output.hpp"

namespace trunkline::ctl {
namespace {

std::string check_duration(const std::string& text) {
  return text.empty() || parse_duration(text) ? "" : "must be a number and a unit, like 30m or 2d";
}

}  // namespace

void dead_filter_options::declare(config::option_set& options) {
  const std::string group = "Which";
  options.text("type", type, "Only this event type, as sent (message.received)", {.group = group});
  options.text("error", error, "Only reasons that contain TEXT, any case", {.group = group});
  options.text("sqlstate", sqlstate, "Only failures with this SQLSTATE (23514)", {.group = group});
  options.text("since", since, "Only what died within this time (30m, 6h, 2d)", {.group = group});
  options.text("older-than", older_than, "Only what died longer ago than this", {.group = group});
  options.check("since", [this] { return check_duration(since); });
  options.check("older-than", [this] { return check_duration(older_than); });
}

dead_filter dead_filter_options::filter(int limit) const {
  dead_filter out{.type = type, .error = error, .sqlstate = sqlstate, .limit = limit};
  if (!since.empty()) out.since = parse_duration(since);
  if (!older_than.empty()) out.older_than = parse_duration(older_than);
  return out;
}

std::string dead_filter_options::describe() const {
  std::string out;
  const auto add = [&out](const char* name, const std::string& value) {
    if (!value.empty())
      out += (out.empty() ? "--" : " --") + std::string(name) + " '" + value + "'";
  };
  add("type", type);
  add("error", error);
  add("sqlstate", sqlstate);
  add("since", since);
  add("older-than", older_than);
  return out;
}

dead_selection select_dead(
    database& db, const std::vector<std::string>& ids, const dead_filter_options& which
) {
  dead_selection out;
  if (ids.empty()) {
    auto all = find_dead_ids(db, which.filter(1));
    return {std::move(all.ids), {}, all.more, std::move(all.failure)};
  }
  for (const auto& id : ids) {
    const auto lookup = find_event(db, id);
    out.failure = lookup.failure;
    if (out.failure) return out;
    if (lookup.found.empty())
      out.left_alone.push_back(
          printable(lookup.searched_back ? describe_missing(lookup, id) : id + ": no such event")
      );
    for (const auto& event : lookup.found) {
      if (event.state == "dead")
        out.ids.push_back(event.id);
      else
        out.left_alone.push_back(printable(id) + ": it is " + event.state + ", not dead");
    }
  }
  std::sort(out.ids.begin(), out.ids.end());
  out.ids.erase(std::unique(out.ids.begin(), out.ids.end()), out.ids.end());
  return out;
}

}  // namespace trunkline::ctl
