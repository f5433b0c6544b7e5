// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "parse/json_document.hpp"
#include "parse/json_write.hpp"

// The columns of an old row, and their conversion to members of an event.
namespace trunkline::admin {

class legacy_fields {
 public:
  explicit legacy_fields(std::string_view row) : document_(row) {}

  const std::string& error() const { return document_.problem(); }
  // Returns an empty string if the column is absent, null or not a text.
  std::string text(std::string_view column) const;
  // Returns false if the column is absent, null or empty.
  bool has(std::string_view column) const;
  // Returns the column as JSON, or nullopt if it is empty. A text that looks like JSON is returned
  // unchanged; if it is invalid, the event is rejected later.
  std::optional<std::string> json(std::string_view column) const;

  void copy_text(parse::json_builder&, std::string_view member, std::string_view column) const;
  void copy_json(parse::json_builder&, std::string_view member, std::string_view column) const;
  // A time without a zone is UTC, as the old service wrote it.
  void copy_time(parse::json_builder&, std::string_view member, std::string_view column) const;
  // Returns why the time cannot be imported (infinity, a date out of range), or an empty string if
  // it can or is absent.
  std::string check_time(std::string_view column) const;

 private:
  const parse::json_value* find(std::string_view column) const;
  std::string time(std::string_view column) const;
  parse::json_document document_;
};

// Returns {"data":{"object":OBJECT},"type":TYPE}.
std::string event_body(std::string_view type, std::string_view object);

}  // namespace trunkline::admin
