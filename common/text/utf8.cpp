// SPDX-License-Identifier: Apache-2.0
#include "common/text/utf8.hpp"

namespace trunkline {

std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool second = first == 0xE0   ? tail(1, 0xA0, 0xBF)  // no overlong forms
                        : first == 0xED ? tail(1, 0x80, 0x9F)  // no surrogates
                                        : tail(1);
    return second && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool second = first == 0xF0   ? tail(1, 0x90, 0xBF)
                        : first == 0xF4 ? tail(1, 0x80, 0x8F)  // up to U+10FFFF
                                        : tail(1);
    return second && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

bool is_control(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (byte(0) == 0xC2) return byte(1) < 0xA0;   // U+0080..U+009F: some terminals interpret them
  if (byte(0) == 0xD8) return byte(1) == 0x9C;  // U+061C
  if (byte(0) != 0xE2) return false;
  if (byte(1) == 0x80)  // U+200E, U+200F, U+2028..U+202E
    return byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE);
  return byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;  // U+2066..U+2069
}

}  // namespace trunkline
