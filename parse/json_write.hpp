// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "parse/json_value.hpp"

// JSON text for rows: one spelling for one value, so that equal facts are equal bytes.
namespace trunkline::parse {

void append_json_string(std::string& out, std::string_view text);

// Members sorted by name, no spaces. Numbers keep their digits; what jsonb would refuse or blow up
// (more than 40 characters, exponents beyond 99) becomes null.
void append_json(std::string& out, const json_value& value);
std::string to_json(const json_value& value);

// An array or an object, element by element; members are to be added in order of their names.
class json_builder {
 public:
  explicit json_builder(char open) : text_(1, open), close_(open == '[' ? ']' : '}') {}

  void add(std::string_view item);                             // a string element
  void add_raw(std::string_view json);                         // an element that is JSON already
  void add(std::string_view name, std::string_view text);      // a string member
  void add_raw(std::string_view name, std::string_view json);  // a member that is JSON already
  bool empty() const { return text_.size() == 1; }
  std::string finish();
  std::optional<std::string> finish_unless_empty();

 private:
  void separate();

  std::string text_;
  char close_;
};

}  // namespace trunkline::parse
