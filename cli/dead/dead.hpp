// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "cli/output.hpp"
#include "admin/dead_letters/dead_selection.hpp"
#include "cli/events/event_filter_options.hpp"

namespace trunkline::cli {

// Why this can't be meant; "" if it can. Either ids, or --all with or without a filter.
std::string
check_selection(const std::vector<std::string>& ids, bool all, const event_filter_options&);

}  // namespace trunkline::cli
