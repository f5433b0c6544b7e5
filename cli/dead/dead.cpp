// SPDX-License-Identifier: Apache-2.0
#include "cli/dead/dead.hpp"
#include "cli/output.hpp"

#include <algorithm>

#include "admin/events/event_lookup.hpp"

namespace trunkline::cli {

std::string check_selection(
    const std::vector<std::string>& ids, bool all, const event_filter_options& which
) {
  if (all != ids.empty() || (which.any() && !all))
    return "give either ids, or --all with or without a filter";
  return std::ranges::find(ids, "") == ids.end() ? "" : empty_id;
}

}  // namespace trunkline::cli
