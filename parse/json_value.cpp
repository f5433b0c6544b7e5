// SPDX-License-Identifier: Apache-2.0
#include "parse/json_value.hpp"

namespace trunkline::parse {

json_value json_value::boolean(bool value) {
  json_value result;
  result.type_ = type::boolean;
  result.size_ = value ? 1 : 0;
  return result;
}

json_value json_value::text(type kind, std::string_view content) {
  json_value result;
  result.type_ = kind;
  result.data_ = content.data();
  result.size_ = static_cast<std::uint32_t>(content.size());
  return result;
}

json_value json_value::array(std::span<const json_value> items) {
  json_value result;
  result.type_ = type::array;
  result.data_ = items.data();
  result.size_ = static_cast<std::uint32_t>(items.size());
  return result;
}

json_value json_value::object(std::span<const json_member> members) {
  json_value result;
  result.type_ = type::object;
  result.data_ = members.data();
  result.size_ = static_cast<std::uint32_t>(members.size());
  return result;
}

std::string_view json_value::text() const {
  if (!is_string() && !is_number()) return {};
  return {static_cast<const char*>(data_), size_};
}

std::span<const json_value> json_value::items() const {
  if (!is_array()) return {};
  return {static_cast<const json_value*>(data_), size_};
}

std::span<const json_member> json_value::members() const {
  if (!is_object()) return {};
  return {static_cast<const json_member*>(data_), size_};
}

const json_value* json_value::find(std::string_view name) const {
  for (const json_member& member : members()) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

}  // namespace trunkline::parse
