// SPDX-License-Identifier: Apache-2.0
#include "admin/moment.hpp"

#include <catch2/catch.hpp>

#include "admin/events/event_lookup.hpp"

namespace trunkline::admin {

TEST_CASE("moments as people type them") {
  constexpr std::int64_t now = 1795194181000;
  CHECK(parse_moment("1970-01-01", now) == 0);
  CHECK(parse_moment("2026-11-20T17:03:01Z", now) == 1795194181000);
  CHECK(parse_moment("2026-11-20 17:03", now) == 1795194180000);
  CHECK(parse_moment("2026-11-20T19:03:01.2509+02:00", now) == 1795194181250);
  CHECK(parse_moment("2026-11-20T13:33:01-0330", now) == 1795194181000);
  CHECK(parse_moment("2028-02-29", now) == 1835395200000);
  CHECK(parse_moment("6h", now) == now - 6 * 3600 * 1000);
  for (const char* wrong :
       {"", "yesterday", "2026-13-01", "2026-02-29", "2026-11-20T24:00", "2026-11-20T17",
        "26-11-20", "2026-11-20T17:03:01Zx", "2026-11-20T17:03:01.", "2026-11-20T17:03+1",
        "1969-12-31"})
    CHECK_FALSE(parse_moment(wrong, now));
}

TEST_CASE("ids that tell their time") {
  CHECK(time_of_entry_id("1795194181310-0") == 1795194181310);
  CHECK_FALSE(time_of_entry_id("1795194181310"));
  CHECK_FALSE(time_of_entry_id("-0"));
  CHECK_FALSE(time_of_entry_id("1a-0"));
  CHECK(time_of_delivery_id("00000000100000000000000000") == 32);
  CHECK_FALSE(time_of_delivery_id("0000000010000000000000000"));   // 25
  CHECK_FALSE(time_of_delivery_id("0000000010000000000000000U"));  // no digit of its alphabet
}

}  // namespace trunkline::admin
