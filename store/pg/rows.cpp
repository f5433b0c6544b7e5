// SPDX-License-Identifier: Apache-2.0
#include "store/pg/rows.hpp"

#include <charconv>
#include <pqxx/pqxx>

#include "store/pg/rows_impl.hpp"

namespace trunkline::store {
namespace {

pqxx::field at(const pqxx::result& result, std::size_t row, int column) {
  return result[static_cast<pqxx::result::size_type>(row)]
               [static_cast<pqxx::row::size_type>(column)];
}

}  // namespace

std::size_t rows::size() const {
  return static_cast<std::size_t>(content_->result.size());
}
bool rows::is_null(std::size_t row, int column) const {
  return at(content_->result, row, column).is_null();
}

std::string_view rows::text(std::size_t row, int column) const {
  const auto field = at(content_->result, row, column);
  return {field.c_str(), field.size()};
}

std::int64_t rows::number(std::size_t row, int column) const {
  const auto digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<std::int64_t> rows::optional_number(std::size_t row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return number(row, column);
}

std::optional<std::string> rows::optional_text(std::size_t row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return std::string(text(row, column));
}

}  // namespace trunkline::store
