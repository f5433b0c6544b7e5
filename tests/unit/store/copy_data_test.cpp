// SPDX-License-Identifier: Apache-2.0
#include "store/pg/copy_data.hpp"

#include <catch2/catch.hpp>

using namespace trunkline;
using namespace std::string_literals;

TEST_CASE("rows of COPY in binary form: a signature, each row's width, each value's length") {
  store::copy_data data(3, 100);
  data.row() << "a\0b"s << std::nullopt << std::int32_t{-2};
  data.row() << std::optional<std::string>() << std::string_view() << 258;
  CHECK(
      data.take() == "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"s + "\0\3"s + "\0\0\0\3a\0b"s +
                         "\xff\xff\xff\xff"s + "\0\0\0\4\xff\xff\xff\xfe"s + "\0\3"s +
                         "\xff\xff\xff\xff"s + "\0\0\0\0"s + "\0\0\0\4\0\0\1\2"s + "\xff\xff"s
  );
}

TEST_CASE("times of COPY count from 2000") {
  store::copy_data data(1, 0);
  data.row() << store::copied_time{946'684'800'000'001};
  CHECK(data.take().substr(19) == "\0\1\0\0\0\x08\0\0\0\0\0\0\0\1\xff\xff"s);
}
