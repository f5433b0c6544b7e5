// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "parse/facts.hpp"

namespace trunkline::parse {

// ISO 8601 as the provider writes it: YYYY-MM-DDTHH:MM:SS[.1-9 digits](Z|+HH[[:]MM]), in UTC
// microseconds. Nothing for anything else, days that the month does not have, and times outside
// 2000-01-01..2100-01-01: PostgreSQL must never see a time that it refuses.
optional_time parse_time(std::string_view text);

}  // namespace trunkline::parse
