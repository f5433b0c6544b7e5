// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "parse/facts.hpp"

namespace trunkline::parse {

// Reads ISO 8601 as the provider writes it: YYYY-MM-DDTHH:MM:SS[.1-9 digits](Z|+HH[[:]MM]). Returns
// nullopt for any other form, for a day that the month does not have, and for a time outside
// 2000-01-01..2100-01-01, so that PostgreSQL never gets a time that it rejects.
optional_time parse_time(std::string_view text);

}  // namespace trunkline::parse
