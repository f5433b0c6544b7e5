// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "store/events/event_store.hpp"
#include "store/pg/session.hpp"

// What operators ask of workers, and the gateways' figures for them, inside the running
// transaction.
namespace trunkline::store {

control_state read_controls(session&, const std::string& worker_id);
std::optional<rollup_lease> claim_rollup(session&, std::chrono::milliseconds period);
void roll_up_counters(
    session&, std::span<const minute_counter>, std::int64_t from, const rollup_lease& turn
);

}  // namespace trunkline::store
