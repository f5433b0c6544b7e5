// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/facts.hpp"
#include "parse/json_limits.hpp"
#include "parse/json_value.hpp"

// Typed access to the members of an object. A value that is empty (absent, null, "", [],
// "unavailable", of the wrong type or outside its limits) is returned as nullopt or an empty list.
namespace trunkline::parse {

using optional_text = std::optional<std::string_view>;

optional_text short_text(const json_value* value, std::size_t limit = max_short_text);

// Text that people write, where "unavailable" is an ordinary word.
optional_text free_text(const json_value* value);

std::optional<std::int64_t> whole_number(
    const json_value* value, std::int64_t max = std::numeric_limits<std::int32_t>::max()
);

// A trimmed phone number, in E.164 where possible.
std::optional<std::string> number_of(const json_value* value);

// The phone numbers in a text or a list of texts, each split at commas.
std::vector<std::string> numbers_of(const json_value* value);

// A list of texts. A single text is a list of one element.
std::vector<std::string_view> free_texts(const json_value* value);

// Same as above, for the member with this name.
optional_text short_text(const json_value& object, std::string_view name);
optional_text url(const json_value& object, std::string_view name);
optional_text free_text(const json_value& object, std::string_view name);
optional_time time_of(const json_value& object, std::string_view name);
std::optional<int> duration_of(const json_value& object, std::string_view name);

std::optional<std::string> owned(optional_text text);

// Returns the first argument that has a value.
template <class T, class... Rest>
T first_of(T first, Rest... rest) {
  ((first ? void() : void(first = rest)), ...);
  return first;
}

}  // namespace trunkline::parse
