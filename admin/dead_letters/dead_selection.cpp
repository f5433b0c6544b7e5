// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "admin/dead_letters/dead_selection.hpp"
#include "admin/events/event_lookup.hpp"
#include "common/text/printable.hpp"

namespace trunkline::admin {

dead_selection select_dead(
    database& db, const std::vector<std::string>& ids, const event_filter& filter
) {
  dead_selection out;
  if (ids.empty()) {
    auto all = find_dead_ids(db, filter);
    return {std::move(all.ids), {}, all.more, std::move(all.failure)};
  }
  for (const auto& id : ids) {
    const auto lookup = find_event(db, id);
    out.failure = lookup.failure;
    if (out.failure) return out;
    if (lookup.found.empty())
      out.left_alone.push_back(printable(
          lookup.searched_back || lookup.deleted ? describe_missing(lookup, id)
                                                 : id + ": no such event"
      ));
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

}  // namespace trunkline::admin
