// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace trunkline {

// Splits HOST:PORT, with an IPv6 address in brackets. Returns an empty string on success, otherwise
// the error.
std::string parse_listen(std::string_view text, std::string& host, std::uint16_t& port);

}  // namespace trunkline
