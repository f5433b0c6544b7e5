// SPDX-License-Identifier: Apache-2.0
#include "admin/import/legacy_fields.hpp"

#include "parse/timestamps.hpp"

namespace trunkline::admin {

const parse::json_value* legacy_fields::find(std::string_view column) const {
  const auto* value = document_.root().find(column);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string legacy_fields::text(std::string_view column) const {
  const auto* value = find(column);
  return value == nullptr ? std::string() : std::string(value->text());
}

bool legacy_fields::has(std::string_view column) const {
  return json(column).has_value();
}

std::optional<std::string> legacy_fields::json(std::string_view column) const {
  const auto* value = find(column);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    const auto text = value->text();
    if (text.empty() || text == "null" || text == "[]" || text == "{}") return std::nullopt;
    if (text.front() == '[' || text.front() == '{') return std::string(text);
  }
  auto out = parse::to_json(*value);
  if (out == "[]" || out == "{}") return std::nullopt;
  return out;
}

void legacy_fields::copy_text(
    parse::json_builder& out, std::string_view member, std::string_view column
) const {
  if (const auto value = text(column); !value.empty()) out.add(member, value);
}

void legacy_fields::copy_json(
    parse::json_builder& out, std::string_view member, std::string_view column
) const {
  if (const auto value = json(column)) out.add_raw(member, *value);
}

std::string legacy_fields::time(std::string_view column) const {
  constexpr std::size_t date = 10;  // the dashes of "2026-11-20" are not a zone
  auto value = text(column);
  if (value.size() == date) value += "T00:00:00";
  if (value.size() <= date) return value;
  if (value[date] == ' ') value[date] = 'T';  // from a text column
  if (value.find_first_of("Z+-", date) == std::string::npos) value += 'Z';
  return value;
}

void legacy_fields::copy_time(
    parse::json_builder& out, std::string_view member, std::string_view column
) const {
  if (const auto value = time(column); !value.empty()) out.add(member, value);
}

std::string legacy_fields::check_time(std::string_view column) const {
  if (!has(column) || parse::parse_time(time(column))) return {};
  return std::string(column) + " is not a time between 2000 and 2100";
}

std::string event_body(std::string_view type, std::string_view object) {
  parse::json_builder data('{'), out('{');
  data.add_raw("object", object);
  out.add_raw("data", data.finish());
  out.add("type", type);
  return out.finish();
}

}  // namespace trunkline::admin
