// SPDX-License-Identifier: Apache-2.0
#include "common/json/json_object.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>
#include <cstdio>

namespace trunkline {
namespace {

std::string quote(std::string_view text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

json_object& json_object::raw(std::string_view key, std::string_view value) {
  if (!members_.empty()) members_ += ',';
  members_ += quote(key);
  members_ += ':';
  members_ += value;
  return *this;
}

json_object& json_object::text(std::string_view key, const std::optional<std::string>& value) {
  return raw(key, value ? quote(*value) : "null");
}

json_object& json_object::number(std::string_view key, std::optional<std::int64_t> value) {
  return raw(key, value ? std::to_string(*value) : "null");
}

json_object& json_object::real(std::string_view key, std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return raw(key, "null");
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.3f", *value);
  return raw(key, digits);
}

json_object& json_object::boolean(std::string_view key, std::optional<bool> value) {
  return raw(key, !value ? "null" : *value ? "true" : "false");
}

json_object& json_object::object(std::string_view key, const std::optional<json_object>& value) {
  return raw(key, value ? value->str() : "null");
}

json_object& json_object::list(
    std::string_view key, const std::optional<std::vector<json_object>>& values
) {
  if (!values) return raw(key, "null");
  std::string text = "[";
  for (const auto& value : *values) text += (text.size() > 1 ? "," : "") + value.str();
  return raw(key, text + "]");
}

json_object& json_object::strings(std::string_view key, const std::vector<std::string>& values) {
  std::string text = "[";
  for (const auto& value : values) text += (text.size() > 1 ? "," : "") + quote(value);
  return raw(key, text + "]");
}

}  // namespace trunkline
