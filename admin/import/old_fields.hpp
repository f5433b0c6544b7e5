// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "parse/json_document.hpp"
#include "parse/json_write.hpp"

// Columns of an old row, copied into members of an event.
namespace trunkline::admin {

class old_fields {
 public:
  explicit old_fields(std::string_view row) : document_(row) {}

  const std::string& problem() const { return document_.problem(); }
  // "" where null, absent or no text.
  std::string text(std::string_view column) const;
  bool has(std::string_view column) const;  // neither absent, null nor ""
  // The column's JSON; where the column is text, and the text looks like JSON, that text as it is
  // (if it is none, the event is refused later). Nothing where it holds nothing.
  std::optional<std::string> json(std::string_view column) const;

  void copy_text(parse::json_builder&, std::string_view member, std::string_view column) const;
  void copy_json(parse::json_builder&, std::string_view member, std::string_view column) const;
  // Without a zone it is UTC: what the old service wrote.
  void copy_time(parse::json_builder&, std::string_view member, std::string_view column) const;
  // Why the column's time can't be taken (infinity, a date that no event can have); "" if it can,
  // or if there is none.
  std::string check_time(std::string_view column) const;

 private:
  const parse::json_value* find(std::string_view column) const;
  std::string time(std::string_view column) const;
  parse::json_document document_;
};

// {"data":{"object":OBJECT},"type":TYPE}
std::string event_body(std::string_view type, std::string_view object);

}  // namespace trunkline::admin
