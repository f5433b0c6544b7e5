// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "parse/json_value.hpp"

// JSON text for rows. Equal values have equal text, so that registers can compare them by text.
namespace trunkline::parse {

void append_json_string(std::string& out, std::string_view text);

// Writes members sorted by name and without spaces. Numbers keep their digits; a number that
// exceeds max_number_length or max_number_exponent (json_limits.hpp) becomes null.
void append_json(std::string& out, const json_value& value);
std::string to_json(const json_value& value);

// Builds an array or an object. Members must be added in the order of their names. The raw
// functions take JSON text.
class json_builder {
 public:
  explicit json_builder(char open) : text_(1, open), close_(open == '[' ? ']' : '}') {}

  void add(std::string_view item);
  void add_raw(std::string_view json);
  void add(std::string_view name, std::string_view text);
  void add_raw(std::string_view name, std::string_view json);
  bool empty() const { return text_.size() == 1; }
  std::string finish();
  std::optional<std::string> finish_unless_empty();

 private:
  void separate();

  std::string text_;
  char close_;
};

}  // namespace trunkline::parse
