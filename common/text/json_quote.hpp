// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace trunkline::probes {

// text as a JSON string in quotes, for the small answers of ops listeners. Bytes outside printable
// ASCII are escaped one by one: reasons may hold what a server said, and the answer stays valid
// JSON whatever that was.
std::string json_quote(std::string_view text);

}  // namespace trunkline::probes
