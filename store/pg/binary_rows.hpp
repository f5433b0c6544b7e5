// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::store {

// Types by their numbers in pg_type, which are the same in every PostgreSQL.
enum class column_type : std::uint32_t {
  boolean = 16,
  bytea = 17,
  bigint = 20,
  smallint = 21,
  integer = 23,
  text = 25,
  timestamptz = 1184,
  jsonb = 3802,
};

// An array parameter in binary form. Trailing NULLs are left out, as array_literal does.
class binary_array {
 public:
  explicit binary_array(column_type type);
  void add(std::string_view bytes);  // text, bytea; of jsonb its text
  // Numbers that fit the type; times in microseconds since 1970.
  void add(std::int64_t number);
  void add(const char* text) { add(std::string_view(text)); }  // and not as a bool
  void add(bool value);
  void add_null() { ++nulls_; }
  std::string take();  // once

 private:
  void begin_element(std::size_t length);

  column_type type_;
  std::string bytes_;
  std::size_t elements_ = 0, nulls_ = 0;  // nulls_: added, not yet written
  bool has_null_ = false;
};

// The elements joined by '|' for string_to_array(); where that would not give them back the array
// literal, which begins with '{' and takes the server four times as long to read.
std::string list_text(const std::vector<std::string>& list);

// What row_arrays is, for the statements that carry most: neither side prints or reads digits,
// quotes and escapes.
class binary_rows {
 public:
  explicit binary_rows(std::span<const column_type> types) : columns_(types.begin(), types.end()) {}

  binary_rows& row() {
    next_ = 0;
    return *this;
  }
  binary_rows& operator<<(std::string_view value) { return put(value); }
  binary_rows& operator<<(const std::string& value) { return put(std::string_view(value)); }
  binary_rows& operator<<(const char* value) { return put(std::string_view(value)); }
  binary_rows& operator<<(bool value) { return put(value); }
  binary_rows& operator<<(int value) { return put(std::int64_t{value}); }
  binary_rows& operator<<(std::int64_t value) { return put(value); }
  binary_rows& operator<<(std::nullopt_t) {
    columns_[next_++].add_null();
    return *this;
  }
  template <class T>
  binary_rows& operator<<(const std::optional<T>& value) {
    return value ? *this << *value : *this << std::nullopt;
  }
  // A list in one element, in a column of text. An empty list is NULL.
  binary_rows& operator<<(const std::vector<std::string>& list) {
    return list.empty() ? *this << std::nullopt : *this << list_text(list);
  }

  // The statement's parameters, after those given.
  std::vector<std::string> take(std::vector<std::string> before = {});

 private:
  template <class T>
  binary_rows& put(T value) {
    columns_[next_++].add(value);
    return *this;
  }

  std::vector<binary_array> columns_;
  std::size_t next_ = 0;
};

}  // namespace trunkline::store
