// SPDX-License-Identifier: Apache-2.0
#include "common/text/listen_address.hpp"

#include <charconv>

namespace trunkline {

std::string parse_listen(std::string_view text, std::string& host, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return "must be HOST:PORT, such as 127.0.0.1:5000";
  auto name = text.substr(0, colon);
  if (name.starts_with('[') && name.ends_with(']'))
    name = name.substr(1, name.size() - 2);
  else if (name.find(':') != std::string_view::npos)
    return "an IPv6 address needs brackets: [::1]:5000";
  if (name.empty()) return "must be HOST:PORT; use 0.0.0.0 for every address of this machine";
  const auto digits = text.substr(colon + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() ||
      number > 65535)
    return "the port must be 0 to 65535";
  host = name;
  port = static_cast<std::uint16_t>(number);
  return {};
}

}  // namespace trunkline
