// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace trunkline::probes {

// Returns text as a JSON string with quotes, for the responses of ops listeners. Bytes outside
// printable ASCII are escaped one by one, so that the response is valid JSON even if text quotes an
// arbitrary error of a server.
std::string json_quote(std::string_view text);

}  // namespace trunkline::probes
