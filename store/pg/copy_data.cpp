// SPDX-License-Identifier: Apache-2.0
#include "store/pg/copy_data.hpp"

#include "store/pg/wire_numbers.hpp"

// The binary format of COPY: a signature, two words that are zero, then for each row the number of
// values, and for each value its length and bytes. The length of NULL is -1; -1 ends the data.
namespace trunkline::store {
namespace {

constexpr std::string_view signature("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);

}  // namespace

copy_data::copy_data(std::int16_t columns, std::size_t reserve) : columns_(columns) {
  bytes_.reserve(signature.size() + reserve);
  bytes_ = signature;
}

copy_data& copy_data::row() {
  append(bytes_, columns_);
  return *this;
}

copy_data& copy_data::operator<<(std::string_view bytes) {
  append(bytes_, static_cast<std::int32_t>(bytes.size()));
  bytes_ += bytes;
  return *this;
}

copy_data& copy_data::operator<<(std::int32_t number) {
  append(bytes_, std::int32_t{sizeof number});
  append(bytes_, number);
  return *this;
}

copy_data& copy_data::operator<<(copied_time at) {
  append(bytes_, std::int32_t{sizeof at.microseconds});
  append(bytes_, since_2000(at.microseconds));
  return *this;
}

copy_data& copy_data::operator<<(std::nullopt_t) {
  append(bytes_, std::int32_t{-1});
  return *this;
}

std::string copy_data::take() {
  append(bytes_, std::int16_t{-1});
  return std::move(bytes_);
}

}  // namespace trunkline::store
