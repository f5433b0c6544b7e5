// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::store {

// Types by their numbers in pg_type, which are fixed.
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

// An array parameter in binary form. Omits trailing NULLs, like array_literal.
class binary_array {
 public:
  explicit binary_array(column_type type);
  // A text, the bytes of a bytea, or the text of a jsonb.
  void add(std::string_view bytes);
  // A number that fits the type, or a time in microseconds since 1970.
  void add(std::int64_t number);
  // Without this overload a literal would be added as bool.
  void add(const char* text) { add(std::string_view(text)); }
  void add(bool value);
  void add_null() { ++nulls_; }
  // May be called once.
  std::string take();

 private:
  void begin_element(std::size_t length);

  column_type type_;
  std::string bytes_;
  std::size_t elements_ = 0;
  std::size_t nulls_ = 0;  // not written yet
  bool has_null_ = false;
};

// Returns the elements joined by '|' for string_to_array(). If that would not return the same
// elements, returns the array literal, which begins with '{' and takes the server four times as
// long to read.
std::string list_text(const std::vector<std::string>& list);

// Like row_arrays, for the statements with most data: neither side converts numbers to text or
// escapes text.
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
  // Adds a list as one element of a text column. An empty list is NULL.
  binary_rows& operator<<(const std::vector<std::string>& list) {
    return list.empty() ? *this << std::nullopt : *this << list_text(list);
  }

  // Returns the parameters of the statement, after those in before.
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
