// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/cli/exit_codes.hpp"

// What verbs print: JSON for machines, aligned text for people.
namespace trunkline::ctl {

// A JSON object built member by member, in order. What is not known is null.
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

// Rows as columns. The last cell of a row may be longer than its column and is not padded. Lines
// end in \n.
std::string table(const std::vector<std::vector<std::string>>& rows);

// For a terminal: control characters and bytes that are not UTF-8 become \xNN, so that stored data
// can't move the cursor.
std::string printable(std::string_view text);
std::size_t count_characters(std::string_view text);  // of UTF-8
// The first most characters (of UTF-8), "..." where something was cut.
std::string shorten(std::string_view text, std::size_t most);

// Prints "trunkline VERB: message" on stderr; returns the code as int.
int report_error(std::string_view command, std::string_view message, exit_code code);
// The last of a program: an answer that could not be written (a full disk) is no success. A reader
// that had enough (head) is none of our trouble.
int finish_output(int code);
inline int as_int(exit_code code) {
  return static_cast<int>(code);
}

}  // namespace trunkline::ctl
