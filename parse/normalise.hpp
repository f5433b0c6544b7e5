// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "parse/facts.hpp"

namespace trunkline::parse {

// Increased when the same body yields other facts.
inline constexpr int parser_version = 1;

// Returns the facts in the body of a delivery, the same for each generation of the API
// (docs/events.md). Pure: uses no clock, no database and no settings.
event normalise(std::string_view body);

}  // namespace trunkline::parse
