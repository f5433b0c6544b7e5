// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>
#include <limits>

#include "common/postgres/postgres.hpp"
#include "store/merge/distinct_key_rounds.hpp"
#include "store/pg/binary_rows.hpp"
#include "store/pg/row_arrays.hpp"

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

TEST_CASE("arrays are read as the server prints them") {
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

namespace {

using namespace std::string_literals;
using store::column_type;

// Returns length and bytes of an element.
std::string element(const std::string& bytes) {
  return "\0\0\0"s + static_cast<char>(bytes.size()) + bytes;
}
const std::string none = "\xff\xff\xff\xff";
// Returns the header of an array with one dimension from index 1. oid is the last byte of the
// type's OID.
std::string head(char count, bool has_null, const std::string& type) {
  return "\0\0\0\1\0\0\0"s + (has_null ? '\1' : '\0') + type + "\0\0\0"s + count + "\0\0\0\1"s;
}

}  // namespace

TEST_CASE("arrays in binary form have the format of array_recv()") {
  store::binary_array texts(column_type::text);
  texts.add_null();
  texts.add("x\"\\");
  texts.add("");
  texts.add_null();
  CHECK(texts.take() == head(3, true, "\0\0\0\x19"s) + none + element("x\"\\") + element(""));
  store::binary_array json(column_type::jsonb);
  json.add("[]");
  CHECK(json.take() == head(1, false, "\0\0\x0e\xda"s) + element("\1[]"));
  store::binary_array empty(column_type::boolean);
  empty.add_null();
  CHECK(empty.take() == "\0\0\0\0\0\0\0\0\0\0\0\x10"s);
  store::binary_array flags(column_type::boolean);
  flags.add(true);
  flags.add(false);
  CHECK(flags.take() == head(2, false, "\0\0\0\x10"s) + element("\1") + element("\0"s));
}

TEST_CASE("numbers in binary form are as wide as their type, and times count from 2000") {
  const auto written = [](column_type type, std::int64_t number) {
    store::binary_array array(type);
    array.add(number);
    return array.take().substr(20);
  };
  CHECK(written(column_type::smallint, -2) == element("\xff\xfe"));
  CHECK(written(column_type::integer, 258) == element("\0\0\1\2"s));
  CHECK(written(column_type::bigint, -1) == element("\xff\xff\xff\xff\xff\xff\xff\xff"));
  constexpr std::int64_t at_2000 = 946'684'800'000'000;
  CHECK(written(column_type::timestamptz, at_2000 + 1) == element("\0\0\0\0\0\0\0\1"s));
  // The smallest number means -infinity, so the next larger one is sent, which the server rejects.
  constexpr auto smallest = std::numeric_limits<std::int64_t>::min();
  CHECK(written(column_type::timestamptz, smallest) == element("\x80\0\0\0\0\0\0\1"s));
}

TEST_CASE("a row in binary form fills all columns in order, after the given parameters") {
  constexpr std::array types{column_type::text, column_type::integer, column_type::text};
  store::binary_rows rows(types);
  rows.row() << "a" << 7 << std::vector<std::string>{"x", "y"};
  rows.row() << std::string("b") << std::nullopt << std::vector<std::string>{};
  const auto values = rows.take({"first"});
  REQUIRE(values.size() == 4);
  CHECK(values[0] == "first");
  CHECK(values[1] == head(2, false, "\0\0\0\x19"s) + element("a") + element("b"));
  CHECK(values[2] == head(1, false, "\0\0\0\x17"s) + element("\0\0\0\7"s));
  CHECK(values[3] == head(1, false, "\0\0\0\x19"s) + element("x|y"));
}

TEST_CASE("lists are joined if that is reversible, else they are array literals") {
  CHECK(store::list_text({"a"}) == "a");
  CHECK(store::list_text({"a,\"b\"", "NULL", "\\", " "}) == "a,\"b\"|NULL|\\| ");
  CHECK(store::list_text({"a", "{b}"}) == "a|{b}");
  CHECK(store::list_text({"a|b"}) == R"({"a|b"})");
  CHECK(store::list_text({"a", ""}) == R"({"a",""})");
  CHECK(store::list_text({"{a", "b"}) == R"({"{a","b"})");
}

TEST_CASE("the nth fact of a key is in round n, and the first round has every key") {
  const std::vector<std::string> facts{"a", "b", "a", "c", "a", "b"};
  std::vector<const std::string*> all;
  for (const auto& fact : facts) all.push_back(&fact);
  std::string shown;
  for (const auto& round :
       store::distinct_key_rounds(all, [](const std::string& fact) { return fact; })) {
    for (const auto* fact : round) shown += *fact;
    shown += '/';
  }
  CHECK(shown == "abc/ab/a/");
}
