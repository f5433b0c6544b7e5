// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>

#include "schema/sql.hpp"

using namespace trunkline;

TEST_CASE("a query is embedded without its comment and found by its name") {
  CHECK(sql::query("own_numbers") == "select phone, from_events from own_numbers");
  CHECK(sql::compose("own_numbers", {}) == sql::query("own_numbers"));
}

TEST_CASE("embedded statements are sorted by name and none is empty") {
  for (const auto all : {sql::migrations(), sql::queries(), sql::admin_queries()}) {
    CHECK(std::ranges::is_sorted(all, {}, &sql::statement::name));
    CHECK(std::ranges::none_of(all, &std::string_view::empty, &sql::statement::text));
  }
}
