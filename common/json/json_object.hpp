// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline {

// A JSON object that is built member by member, in order. An unknown value is null.
class json_object {
 public:
  json_object& text(std::string_view key, const std::optional<std::string>& value);
  json_object& number(std::string_view key, std::optional<std::int64_t> value);
  json_object& real(std::string_view key, std::optional<double> value);
  json_object& boolean(std::string_view key, std::optional<bool> value);
  json_object& object(std::string_view key, const std::optional<json_object>& value);
  json_object& list(std::string_view key, const std::optional<std::vector<json_object>>& values);
  json_object& strings(std::string_view key, const std::vector<std::string>& values);
  std::string str() const { return "{" + members_ + "}"; }

 private:
  json_object& raw(std::string_view key, std::string_view value);
  std::string members_;
};

}  // namespace trunkline
