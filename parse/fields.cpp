// SPDX-License-Identifier: Apache-2.0
#include "parse/fields.hpp"

#include <algorithm>
#include <charconv>

#include "parse/phone_number.hpp"
#include "parse/text.hpp"
#include "parse/timestamps.hpp"

namespace trunkline::parse {
namespace {

void add_numbers(std::string_view list, std::vector<std::string>& numbers) {
  while (numbers.size() < max_list) {
    const std::size_t comma = list.find(',');
    const std::string_view part = trim(list.substr(0, comma));
    if (!part.empty() && part != "unavailable" && part.size() <= max_phone_number) {
      numbers.push_back(normalise_number(part));
    }
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

optional_text short_text(const json_value* value, std::size_t limit) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const std::string_view text = value->text();
  if (text.empty() || text.size() > limit || text == "unavailable") return std::nullopt;
  return text;
}

optional_text free_text(const json_value* value) {
  if (value == nullptr || !value->is_string() || value->text().empty()) return std::nullopt;
  return value->text();
}

std::optional<std::int64_t> whole_number(const json_value* value, std::int64_t max) {
  if (value == nullptr) return std::nullopt;
  const std::string_view text = value->text();
  // from_chars accepts a minus, and "-0" would become 0.
  if (text.empty() || text.starts_with('-')) return std::nullopt;
  std::int64_t result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc() || end != text.data() + text.size() || result > max) return std::nullopt;
  return result;
}

std::optional<std::string> number_of(const json_value* value) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const std::string_view text = trim(value->text());
  if (text.empty() || text.size() > max_phone_number || text == "unavailable") return std::nullopt;
  return normalise_number(text);
}

std::vector<std::string> numbers_of(const json_value* value) {
  std::vector<std::string> numbers;
  if (value == nullptr) return numbers;
  if (value->is_string()) add_numbers(value->text(), numbers);
  const auto items = value->items();
  for (const json_value& item : items.first(std::min(items.size(), max_list))) {
    if (item.is_string()) add_numbers(item.text(), numbers);
  }
  return numbers;
}

std::vector<std::string_view> free_texts(const json_value* value) {
  std::vector<std::string_view> texts;
  if (const auto text = free_text(value)) texts.push_back(*text);
  if (value == nullptr) return texts;
  const auto items = value->items();
  for (const json_value& item : items.first(std::min(items.size(), max_list))) {
    if (const auto text = free_text(&item)) texts.push_back(*text);
  }
  return texts;
}

optional_text short_text(const json_value& object, std::string_view name) {
  return short_text(object.find(name));
}

optional_text url(const json_value& object, std::string_view name) {
  return short_text(object.find(name), max_url);
}

optional_text free_text(const json_value& object, std::string_view name) {
  return free_text(object.find(name));
}

optional_time time_of(const json_value& object, std::string_view name) {
  const json_value* value = object.find(name);
  return value != nullptr && value->is_string() ? parse_time(value->text()) : std::nullopt;
}

std::optional<int> duration_of(const json_value& object, std::string_view name) {
  const auto seconds = whole_number(object.find(name));
  return seconds ? std::optional<int>(static_cast<int>(*seconds)) : std::nullopt;
}

std::optional<std::string> owned(optional_text text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace trunkline::parse
