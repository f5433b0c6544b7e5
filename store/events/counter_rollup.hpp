// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <span>

#include "store/events/event_store.hpp"
#include "store/pg/session.hpp"

// The roll-up of the gateways' counters, inside the running transaction.
namespace trunkline::store {

std::optional<rollup_lease> claim_rollup(session&, std::chrono::milliseconds period);
void roll_up_counters(
    session&, std::span<const minute_counter>, std::int64_t from, const rollup_lease& lease
);

}  // namespace trunkline::store
