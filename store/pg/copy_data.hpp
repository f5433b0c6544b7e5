// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline::store {

// timestamptz, in microseconds since 1970.
struct copied_time {
  std::int64_t microseconds;
};

// Rows for COPY ... (format binary): data.row() << first << second << ...
class copy_data {
 public:
  // reserve is an estimate of the bytes of all values.
  copy_data(std::int16_t columns, std::size_t reserve);

  copy_data& row();
  // text, json or bytea.
  copy_data& operator<<(std::string_view bytes);
  copy_data& operator<<(const std::string& text) { return *this << std::string_view(text); }
  copy_data& operator<<(const char* text) { return *this << std::string_view(text); }
  copy_data& operator<<(std::int32_t number);
  copy_data& operator<<(copied_time);
  copy_data& operator<<(std::nullopt_t);
  template <class T>
  copy_data& operator<<(const std::optional<T>& value) {
    return value ? *this << *value : *this << std::nullopt;
  }
  // May be called once.
  std::string take();

 private:
  std::int16_t columns_;
  std::string bytes_;
};

}  // namespace trunkline::store
