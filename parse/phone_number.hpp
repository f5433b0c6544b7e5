// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace trunkline::parse {

// Returns text in E.164: 10 digits get "+1", 11 digits that begin with 1 get "+". Any other text is
// returned as it was sent, trimmed (docs/events.md, "Numbers").
std::string normalise_number(std::string_view text);

// True for "+" and 7 to 15 digits of which the first is not 0.
bool is_e164(std::string_view text);

// True for anonymous, blocked, restricted, unknown and unavailable, in upper or lower case.
bool is_no_identity(std::string_view text);

}  // namespace trunkline::parse
