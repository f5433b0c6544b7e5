// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "common/base/utf8.hpp"
#include "common/postgres/postgres.hpp"
#include "worker/store/session.hpp"

// In place of the store's connection: what the mapper would send is looked at, and nothing comes
// back. Everything here replaces the functions of session.cpp when the fuzzer is linked.
namespace trunkline::store {

inline void require(bool holds) {
  if (!holds) std::abort();
}

// What PostgreSQL takes as text at all.
inline void require_text(std::string_view text) {
  require(text.find('\0') == std::string_view::npos);
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    require(length > 0);
    text.remove_prefix(length);
  }
}

// An array literal by a reader of its own: braces around elements, each quoted, NULL or plain.
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
    require(elements_of(value) <= 1 || std::string_view(statement) != "merge_activities");
  }
  return rows(std::make_shared<rows::impl>());
}
rows session::run_with_bytes(
    const char* statement, const std::string& bytes, const parameters& values
) {
  require(bytes.size() <= 1u << 30);
  return run(statement, values);
}

}  // namespace trunkline::store
