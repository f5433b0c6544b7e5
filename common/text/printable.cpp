// SPDX-License-Identifier: Apache-2.0
#include "common/text/printable.hpp"

#include <algorithm>
#include <cstdio>

#include "common/text/utf8.hpp"

namespace trunkline {

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::size_t step = length == 0 ? 1 : length;
    if (length > 0 && !is_control(text.substr(0, length))) {
      out += text.substr(0, length);
    } else {
      for (const char c : text.substr(0, step)) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(c));
        out += escape;
      }
    }
    text.remove_prefix(step);
  }
  return out;
}

std::string shorten(std::string_view text, std::size_t most) {
  if (count_characters(text) <= most) return std::string(text);
  std::size_t characters = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (starts && ++characters > most) break;
  }
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace trunkline
