// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/facts.hpp"
#include "parse/json_value.hpp"

// Typed access to members of an object. Whatever is nothing (absent, null, "", "unavailable", of
// the wrong type, outside its limits) yields no value; none of these ever fails.
namespace trunkline::parse {

using optional_text = std::optional<std::string_view>;

inline constexpr std::size_t short_limit = 255;  // bytes: what an index and a person can bear
inline constexpr std::size_t url_limit = 8192;
inline constexpr std::size_t number_limit = 64;
inline constexpr std::size_t list_limit = 1000;  // elements

optional_text short_text(const json_value* value, std::size_t limit = short_limit);
optional_text free_text(const json_value* value);  // people may write "unavailable"
std::optional<std::int64_t> whole_number(
    const json_value* value, std::int64_t most = std::numeric_limits<std::int32_t>::max()
);
// A trimmed telephone number, E.164 where it is one.
std::optional<std::string> number_of(const json_value* value);
// A text or a list of texts, each split at commas.
std::vector<std::string> numbers_of(const json_value* value);
// A list of texts; a text alone is a list of one.
std::vector<std::string_view> free_texts(const json_value* value);

// The same by name.
optional_text short_text(const json_value& object, std::string_view name);
optional_text url(const json_value& object, std::string_view name);
optional_text free_text(const json_value& object, std::string_view name);
optional_time time_of(const json_value& object, std::string_view name);
std::optional<int> duration_of(const json_value& object, std::string_view name);

std::optional<std::string> owned(optional_text text);

// The first of them that has a value.
template <class T, class... Rest>
T first_of(T first, Rest... rest) {
  ((first ? void() : void(first = rest)), ...);
  return first;
}

}  // namespace trunkline::parse
