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

// Helpers around libpq's notions that need no connection. The library links pqxx; this header does
// not show it.
namespace trunkline::postgres {

// The user's URL or key=value string (or "") with our settings added: timeouts by options='-c ...',
// connect_timeout, application_name, keepalives, tcp_user_timeout. What the user set himself wins,
// in the string or in PGOPTIONS, PGAPPNAME and PGCONNECT_TIMEOUT.
struct session {
  std::string application_name;
  std::chrono::milliseconds connect_timeout{3000};  // libpq counts whole seconds, at least 2
  std::chrono::milliseconds lock_timeout{2000};
  std::chrono::milliseconds statement_timeout{10000};
  std::chrono::milliseconds idle_in_transaction_timeout{15000};
  std::string options;  // more of the kind "-c name=value"
};
std::string conninfo(std::string_view user, const session&);

// An array parameter in text form, for $1::text[], $1::bigint[] and the like. Trailing NULLs are
// left out: unnest() of several arrays fills them in again, and in a mixed batch most columns are
// mostly NULL.
class array_literal {
 public:
  void add(std::string_view element);     // quoted and escaped
  void add_hex(std::string_view bytes);   // one element of a bytea[]
  void add_number(std::int64_t element);  // any type that reads digits
  void add_bool(bool element);
  void add_null() { ++nulls_; }
  std::string take();  // "{...}"; leaves the literal empty
  bool empty() const { return text_.empty() && nulls_ == 0; }
  void reserve(std::size_t bytes) { text_.reserve(bytes); }

 private:
  void separate();

  std::string text_;
  std::size_t nulls_ = 0;  // added, not yet written
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
// The elements of a one-dimensional array as the server prints it; a NULL element is "".
std::vector<std::string> parse_array(std::string_view text);

}  // namespace trunkline::postgres
