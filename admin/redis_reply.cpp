// SPDX-License-Identifier: Apache-2.0
#include "admin/redis_reply.hpp"

#include <algorithm>
#include <charconv>

namespace trunkline::admin {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

std::optional<std::string> text_field(const redis::reply& pairs, std::string_view name) {
  for (std::size_t i = 0; i + 1 < pairs.elements.size(); i += 2)
    if (pairs.elements[i].text == name) return pairs.elements[i + 1].text;
  return std::nullopt;
}

std::map<std::string, std::string> all_fields(const redis::reply& pairs) {
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i + 1 < pairs.elements.size(); i += 2) {
    const auto& value = pairs.elements[i + 1];
    out[pairs.elements[i].text] =
        value.type == redis::reply::kind::integer ? std::to_string(value.integer) : value.text;
  }
  return out;
}

std::map<std::string, std::string> info_fields(std::string_view info) {
  std::map<std::string, std::string> out;
  std::size_t at = 0;
  while (at < info.size()) {
    const auto end = std::min(info.find("\r\n", at), info.size());
    const auto line = info.substr(at, end - at);
    if (const auto colon = line.find(':'); colon != std::string_view::npos && line[0] != '#')
      out[std::string(line.substr(0, colon))] = line.substr(colon + 1);
    at = end + 2;
  }
  return out;
}

}  // namespace trunkline::admin
