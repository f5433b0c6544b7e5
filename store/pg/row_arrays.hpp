// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/postgres/postgres.hpp"

namespace trunkline::store {

// The rows of a statement as parallel arrays, one per column: arrays.row() << first << second <<
// ...
class row_arrays {
 public:
  explicit row_arrays(std::size_t columns) : columns_(columns) {}

  row_arrays& row() {
    next_ = 0;
    return *this;
  }
  row_arrays& operator<<(std::string_view value) { return put(value, &literal::add); }
  row_arrays& operator<<(const std::string& value) { return *this << std::string_view(value); }
  row_arrays& operator<<(const char* value) { return *this << std::string_view(value); }
  row_arrays& operator<<(bool value) { return put(value, &literal::add_bool); }
  row_arrays& operator<<(int value) { return put(value, &literal::add_number); }
  row_arrays& operator<<(std::int64_t value) { return put(value, &literal::add_number); }
  row_arrays& operator<<(std::nullopt_t) {
    columns_[next_++].add_null();
    return *this;
  }
  template <class T>
  row_arrays& operator<<(const std::optional<T>& value) {
    return value ? *this << *value : *this << std::nullopt;
  }
  // Adds a list as one element: the array literal, which the statement casts, because unnest would
  // flatten an array of arrays. An empty list is NULL.
  row_arrays& operator<<(const std::vector<std::string>& list) {
    return list.empty() ? *this << std::nullopt : *this << postgres::array_of(list);
  }
  row_arrays& hex(std::string_view bytes) { return put(bytes, &literal::add_hex); }

  // Returns the parameters of the statement.
  std::vector<std::string> take() {
    std::vector<std::string> values;
    values.reserve(columns_.size());
    for (auto& column : columns_) values.push_back(column.take());
    return values;
  }

 private:
  using literal = postgres::array_literal;
  template <class T, class Parameter>
  row_arrays& put(T value, void (literal::*add)(Parameter)) {
    (columns_[next_++].*add)(value);
    return *this;
  }

  std::vector<literal> columns_;
  std::size_t next_ = 0;
};

}  // namespace trunkline::store
