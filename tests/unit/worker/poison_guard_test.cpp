// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "worker/batch/poison_guard.hpp"

using namespace trunkline::worker;

TEST_CASE("An entry is a suspect after its first delivery, and exhausted at the maximum") {
  CHECK(assess_deliveries(0, 5) == delivery_state::first_delivery);
  CHECK(assess_deliveries(1, 5) == delivery_state::first_delivery);
  CHECK(assess_deliveries(2, 5) == delivery_state::suspect);
  CHECK(assess_deliveries(4, 5) == delivery_state::suspect);
  CHECK(assess_deliveries(5, 5) == delivery_state::exhausted);
}

TEST_CASE("The poison guard admits one suspect at a time") {
  poison_guard guard;
  {
    const auto first = guard.admit_suspect();
    CHECK(first.owns_lock());
    CHECK_FALSE(guard.try_admit_suspect().owns_lock());
  }
  CHECK(guard.try_admit_suspect().owns_lock());
}
