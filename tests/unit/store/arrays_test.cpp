// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "common/postgres/postgres.hpp"
#include "worker/store/row_arrays.hpp"
#include "worker/store/waves.hpp"

using namespace trunkline;

TEST_CASE("array elements are quoted and escaped, and read back as they were") {
  const std::vector<std::string> values{
      "",
      "a",
      "NULL",
      "null",
      "{}",
      ",",
      "\"q\"",
      "back\\slash",
      "line\nbreak",
      " sp ",
      "\xc3\xa9\xf0\x9f\x98\x80"};
  CHECK(postgres::parse_array(postgres::array_of(values)) == values);
  CHECK(postgres::array_of({"a\"b", "c\\d", ""}) == R"({"a\"b","c\\d",""})");
}

TEST_CASE("arrays as the server prints them") {
  CHECK(postgres::parse_array("{}").empty());
  CHECK(postgres::parse_array("").empty());
  CHECK(
      postgres::parse_array("{a,\"b,c\",NULL,\"NULL\"}") ==
      std::vector<std::string>{"a", "b,c", "", "NULL"}
  );
}

TEST_CASE("trailing NULLs are left out, others are written") {
  postgres::array_literal array;
  CHECK(array.empty());
  array.add_null();
  array.add("x");
  array.add_null();
  array.add_null();
  array.add_number(-7);
  array.add_bool(true);
  array.add_hex(std::string_view("\x00\xff", 2));
  array.add_null();
  CHECK_FALSE(array.empty());
  CHECK(array.take() == R"({NULL,"x",NULL,NULL,-7,t,"\\x00ff"})");
  CHECK(array.take() == "{}");
}

TEST_CASE("a row fills all columns in order") {
  store::row_arrays arrays(6);
  arrays.row() << "a" << 1 << true << std::optional<std::int64_t>(5)
               << std::vector<std::string>{"x", "y"} << std::optional<std::string>();
  arrays.row() << std::string("b") << std::nullopt << false << std::optional<std::int64_t>()
               << std::vector<std::string>{} << std::optional<std::string>("z");
  CHECK(
      arrays.take() ==
      std::vector<std::string>{
          R"({"a","b"})", "{1}", "{t,f}", "{5}", R"({"{\"x\",\"y\"}"})", R"({NULL,"z"})"}
  );
}

TEST_CASE("the nth fact of a key goes in wave n, and the first wave holds every key") {
  const std::vector<std::string> facts{"a", "b", "a", "c", "a", "b"};
  std::vector<const std::string*> all;
  for (const auto& fact : facts) all.push_back(&fact);
  std::string shown;
  for (const auto& wave : store::in_waves(all, [](const std::string& fact) { return fact; })) {
    for (const auto* fact : wave) shown += *fact;
    shown += '/';
  }
  CHECK(shown == "abc/ab/a/");
}
