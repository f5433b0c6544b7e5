// SPDX-License-Identifier: Apache-2.0
#include "parse/phone_number.hpp"

#include <algorithm>
#include <array>

#include "parse/text.hpp"

namespace trunkline::parse {
namespace {

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

// Invisible marks of the direction of writing, which are often copied along with a number.
bool is_direction_mark(std::string_view character) {
  constexpr std::array<std::string_view, 11> marks{"\u200E", "\u200F", "\u202A", "\u202B",
                                                   "\u202C", "\u202D", "\u202E", "\u2066",
                                                   "\u2067", "\u2068", "\u2069"};
  return std::find(marks.begin(), marks.end(), character) != marks.end();
}

// Returns the number without "tel:" and the characters that people put between digits.
std::string without_filler(std::string_view text) {
  if (equals_ignoring_case(text.substr(0, 4), "tel:")) text.remove_prefix(4);
  std::string result;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    const std::string_view character = text.substr(0, length);
    const bool filler = character.find_first_of(" -().") == 0;
    if (!filler && !is_direction_mark(character)) result += character;
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace

bool is_e164(std::string_view text) {
  return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         all_digits(text.substr(1));
}

std::string normalise_number(std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (is_e164(trimmed)) return std::string(trimmed);
  std::string digits = without_filler(trimmed);
  if (is_e164(digits)) return digits;
  if (all_digits(digits)) {
    if (digits.size() == 10) return "+1" + digits;
    if (digits.size() == 11 && digits[0] == '1') return "+" + digits;
  }
  return std::string(trimmed);
}

bool is_no_identity(std::string_view text) {
  constexpr std::array<std::string_view, 5> words{
      "anonymous", "blocked", "restricted", "unknown", "unavailable"};
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return equals_ignoring_case(text, word);
  });
}

}  // namespace trunkline::parse
