// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

// A parsed JSON text as views: strings are unescaped UTF-8 without NUL, numbers are their digits,
// so that 5.0 stays 5.0 and 1e400 affects only its own field. Valid as long as the json_document.
namespace trunkline::parse {

struct json_member;

class json_value {
 public:
  enum class type : std::uint8_t { null, boolean, number, string, array, object };

  json_value() = default;
  static json_value boolean(bool value);
  static json_value text(type kind, std::string_view content);
  static json_value array(std::span<const json_value> items);
  static json_value object(std::span<const json_member> members);

  type kind() const { return type_; }
  bool is_null() const { return type_ == type::null; }
  bool is_string() const { return type_ == type::string; }
  bool is_number() const { return type_ == type::number; }
  bool is_array() const { return type_ == type::array; }
  bool is_object() const { return type_ == type::object; }
  bool is_true() const { return type_ == type::boolean && size_ == 1; }

  // Returns the text of a string or the digits of a number, else "".
  std::string_view text() const;
  // Returns the elements of an array, else none.
  std::span<const json_value> items() const;
  // Returns the members of an object, else none.
  std::span<const json_member> members() const;
  // Returns the value of a member, or nullptr if there is none or this is not an object.
  const json_value* find(std::string_view name) const;

 private:
  const void* data_ = nullptr;
  std::uint32_t size_ = 0;
  type type_ = type::null;
};

struct json_member {
  std::string_view name;
  json_value value;
};

}  // namespace trunkline::parse
