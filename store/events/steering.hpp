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

steering read_controls(session&, const std::string& worker_id);
std::optional<fold_turn> claim_fold(session&, std::chrono::milliseconds period);
void fold_figures(
    session&, std::span<const minute_figure>, std::int64_t from, const fold_turn& turn
);

}  // namespace trunkline::store
