// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// Connection strings and arrays of PostgreSQL, without a connection and without pqxx in the header.
namespace trunkline::postgres {

// The settings of a session. conninfo() adds them to the URL or key=value list of the user:
// timeouts as options='-c ...', connect_timeout, application_name, keepalives and tcp_user_timeout.
// Settings of the user take precedence, in the string and in PGOPTIONS, PGAPPNAME and
// PGCONNECT_TIMEOUT.
struct session {
  std::string application_name;
  // libpq uses whole seconds, at least 2.
  std::chrono::milliseconds connect_timeout{3000};
  std::chrono::milliseconds lock_timeout{2000};
  std::chrono::milliseconds statement_timeout{10000};
  std::chrono::milliseconds idle_in_transaction_timeout{15000};
  // Further settings of the form "-c name=value".
  std::string options;
};
std::string conninfo(std::string_view user, const session&);

// An array parameter in text form, for $1::text[], $1::bigint[] and so on. Trailing NULLs are
// omitted, because unnest() of several arrays adds them again, and in a mixed batch most elements
// of most columns are NULL.
class array_literal {
 public:
  // Adds an element with quotes and escapes.
  void add(std::string_view element);
  // Adds an element of a bytea[].
  void add_hex(std::string_view bytes);
  void add_number(std::int64_t element);
  void add_bool(bool element);
  void add_null() { ++nulls_; }
  // Returns "{...}" and empties the literal.
  std::string take();
  bool empty() const { return text_.empty() && nulls_ == 0; }
  void reserve(std::size_t bytes) { text_.reserve(bytes); }

 private:
  void separate();

  std::string text_;
  // NULLs that were added and not written yet.
  std::size_t nulls_ = 0;
};

std::string array_of(const std::vector<std::string>& elements);
template <class Element, class Order>
std::string array_of(const std::set<Element, Order>& elements) {
  array_literal literal;
  for (const auto& element : elements) {
    if constexpr (std::is_integral_v<Element>)
      literal.add_number(element);
    else
      literal.add(element);
  }
  return literal.take();
}
// Returns the elements of a one-dimensional array in the output format of the server; a NULL
// element is "".
std::vector<std::string> parse_array(std::string_view text);

}  // namespace trunkline::postgres
