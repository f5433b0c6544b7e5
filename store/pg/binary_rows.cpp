// SPDX-License-Identifier: Apache-2.0
#include "store/pg/binary_rows.hpp"

#include <cstring>

#include "common/postgres/postgres.hpp"
#include "store/pg/wire_numbers.hpp"

// The format of array_send() in PostgreSQL: number of dimensions, a flag for NULLs, the type,
// length and first index of the dimension, then each element with its length, which is -1 for NULL.
namespace trunkline::store {
namespace {

constexpr std::size_t header = 20;
constexpr char jsonb_version = 1;

}  // namespace

binary_array::binary_array(column_type type) : type_(type), bytes_(header, '\0') {}

void binary_array::begin_element(std::size_t length) {
  has_null_ |= nulls_ > 0;
  elements_ += nulls_ + 1;
  for (; nulls_ > 0; --nulls_) append(bytes_, std::int32_t{-1});
  append(bytes_, static_cast<std::int32_t>(length));
}

void binary_array::add(std::string_view bytes) {
  const bool json = type_ == column_type::jsonb;
  begin_element(bytes.size() + (json ? 1 : 0));
  if (json) bytes_ += jsonb_version;
  bytes_ += bytes;
}

void binary_array::add(std::int64_t number) {
  if (type_ == column_type::smallint) {
    begin_element(sizeof(std::int16_t));
    append(bytes_, static_cast<std::int16_t>(number));
  } else if (type_ == column_type::integer) {
    begin_element(sizeof(std::int32_t));
    append(bytes_, static_cast<std::int32_t>(number));
  } else {
    begin_element(sizeof number);
    append(bytes_, type_ == column_type::timestamptz ? since_2000(number) : number);
  }
}

void binary_array::add(bool value) {
  begin_element(1);
  bytes_ += value ? '\1' : '\0';
}

std::string binary_array::take() {
  std::string head;
  append(head, std::int32_t{elements_ > 0});
  append(head, std::int32_t{has_null_});
  append(head, static_cast<std::uint32_t>(type_));
  if (elements_ == 0) return head;
  append(head, static_cast<std::int32_t>(elements_));
  append(head, std::int32_t{1});
  std::memcpy(bytes_.data(), head.data(), header);
  return std::move(bytes_);
}

std::string list_text(const std::vector<std::string>& list) {
  std::string joined;
  for (const auto& element : list) {
    if (element.empty() || element.find('|') != std::string::npos) return postgres::array_of(list);
    if (!joined.empty()) joined += '|';
    joined += element;
  }
  return joined.starts_with('{') ? postgres::array_of(list) : joined;
}

std::vector<std::string> binary_rows::take(std::vector<std::string> before) {
  before.reserve(before.size() + columns_.size());
  for (auto& column : columns_) before.push_back(column.take());
  return before;
}

}  // namespace trunkline::store
