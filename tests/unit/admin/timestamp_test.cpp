// SPDX-License-Identifier: Apache-2.0
#include "admin/timestamp.hpp"

#include <catch2/catch.hpp>

#include "admin/events/event_lookup.hpp"

namespace trunkline::admin {

TEST_CASE("operators can enter timestamps in several forms") {
  constexpr std::int64_t now = 1795194181000;
  CHECK(parse_timestamp("1970-01-01", now) == 0);
  CHECK(parse_timestamp("2026-11-20T17:03:01Z", now) == 1795194181000);
  CHECK(parse_timestamp("2026-11-20 17:03", now) == 1795194180000);
  CHECK(parse_timestamp("2026-11-20T19:03:01.2509+02:00", now) == 1795194181250);
  CHECK(parse_timestamp("2026-11-20T13:33:01-0330", now) == 1795194181000);
  CHECK(parse_timestamp("2028-02-29", now) == 1835395200000);
  CHECK(parse_timestamp("6h", now) == now - 6 * 3600 * 1000);
  for (const char* invalid :
       {"", "yesterday", "2026-13-01", "2026-02-29", "2026-11-20T24:00", "2026-11-20T17",
        "26-11-20", "2026-11-20T17:03:01Zx", "2026-11-20T17:03:01.", "2026-11-20T17:03+1",
        "1969-12-31"})
    CHECK_FALSE(parse_timestamp(invalid, now));
}

TEST_CASE("stream ids and delivery ids contain the time") {
  CHECK(time_of_entry_id("1795194181310-0") == 1795194181310);
  CHECK_FALSE(time_of_entry_id("1795194181310"));
  CHECK_FALSE(time_of_entry_id("-0"));
  CHECK_FALSE(time_of_entry_id("1a-0"));
  CHECK(time_of_delivery_id("00000000100000000000000000") == 32);
  CHECK_FALSE(time_of_delivery_id("0000000010000000000000000"));   // 25
  CHECK_FALSE(time_of_delivery_id("0000000010000000000000000U"));  // not in its alphabet
}

}  // namespace trunkline::admin
