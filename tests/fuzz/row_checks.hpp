// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "common/postgres/postgres.hpp"
#include "common/text/utf8.hpp"
#include "store/pg/session.hpp"

// Replaces the functions of session.cpp in the fuzzer. They check the parameters of the statements
// and return no rows.
namespace trunkline::store {

inline void require(bool holds) {
  if (!holds) std::abort();
}

// Requires a text that PostgreSQL accepts.
inline void require_text(std::string_view text) {
  require(text.find('\0') == std::string_view::npos);
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    require(length > 0);
    text.remove_prefix(length);
  }
}

// Reads an array literal: braces around elements, each quoted, NULL or plain.
inline std::size_t elements_of(std::string_view text) {
  require(text.size() >= 2 && text.front() == '{' && text.back() == '}');
  text.remove_prefix(1);
  std::size_t count = 0;
  while (text != "}") {
    if (text.front() == '"') {
      std::size_t at = 1;
      for (; text.at(at) != '"'; ++at) at += text[at] == '\\' ? 1 : 0;
      text.remove_prefix(at + 1);
    } else {
      const auto end = text.find_first_of(",}");
      const auto word = text.substr(0, end);
      const bool digits = word.find_first_not_of("-0123456789") == std::string_view::npos;
      require(!word.empty() && (word == "NULL" || word == "t" || word == "f" || digits));
      text.remove_prefix(end);
    }
    ++count;
    require(text.front() == ',' ? text.size() > 2 : text == "}");
    if (text.front() == ',') text.remove_prefix(1);
  }
  return count;
}

inline std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  require(at + 4 <= bytes.size());
  std::uint32_t number = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return number;
}

// Reads an array in binary form, as array_recv() does.
inline std::size_t binary_elements_of(std::string_view bytes) {
  constexpr std::uint32_t null = 0xffffffff, text = 25, jsonb = 3802;
  const auto type = number_at(bytes, 8);
  if (number_at(bytes, 0) == 0) {
    require(bytes.size() == 12);
    return 0;
  }
  require(number_at(bytes, 0) == 1 && number_at(bytes, 4) <= 1 && number_at(bytes, 16) == 1);
  const std::size_t count = number_at(bytes, 12);
  std::size_t at = 20;
  for (std::size_t i = 0; i < count; ++i) {
    const auto length = number_at(bytes, at);
    at += 4;
    if (length == null) {
      require(number_at(bytes, 4) == 1);
      continue;
    }
    require(at + length <= bytes.size());
    if (type == text) require_text(bytes.substr(at, length));
    if (type == jsonb) {
      require(length > 1 && bytes[at] == 1);
      require_text(bytes.substr(at + 1, length - 1));
    }
    at += length;
  }
  require(at == bytes.size());
  return count;
}

// Reads one row and the end of the data, as COPY does. Except for the first and the last value,
// each is text or a number.
inline void require_one_copied_row(std::string_view bytes) {
  constexpr std::uint32_t null = 0xffffffff;
  require(bytes.size() >= 2);
  const std::size_t columns = number_at(std::string("\0\0", 2).append(bytes.substr(0, 2)), 0);
  std::size_t at = 2;
  for (std::size_t i = 0; i < columns; ++i) {
    const auto length = number_at(bytes, at);
    at += 4;
    if (length == null) continue;
    require(at + length <= bytes.size());
    const auto value = bytes.substr(at, length);
    const bool number = length <= 8 && value.find('\0') != std::string_view::npos;
    if (i > 0 && i + 1 < columns && !number) require_text(value);
    at += length;
  }
  require(bytes.substr(at) == "\377\377");
}

struct rows::impl {};
std::size_t rows::size() const {
  return 0;
}
bool rows::is_null(std::size_t, int) const {
  return true;
}
std::string_view rows::text(std::size_t, int) const {
  return {};
}
std::int64_t rows::number(std::size_t, int) const {
  return 0;
}
std::optional<std::int64_t> rows::optional_number(std::size_t, int) const {
  return {};
}
std::optional<std::string> rows::optional_text(std::size_t, int) const {
  return {};
}

struct session::impl {};
session::session() = default;
session::~session() = default;
rows session::run(const char* statement, const parameters& values) {
  require(statement != nullptr && !values.empty());
  for (const auto& value : values) {
    require_text(value);
    elements_of(value);
  }
  return rows(std::make_shared<rows::impl>());
}
rows session::run_binary(const char* statement, const parameters& values) {
  require(statement != nullptr && !values.empty());
  const bool events = std::string_view(statement) == "insert_events";
  for (std::size_t i = events ? 1 : 0; i < values.size(); ++i) {
    require(binary_elements_of(values[i]) <= 1);
  }
  return rows(std::make_shared<rows::impl>());
}
bool session::copy(const char* statement, std::string_view data) {
  require(statement != nullptr && data.size() >= 19 && data.starts_with("PGCOPY\n\377\r\n"));
  require_one_copied_row(data.substr(19));
  return true;
}

}  // namespace trunkline::store
