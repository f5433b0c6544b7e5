// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <limits>
#include <span>
#include <vector>

#include "store/events/event_rows.hpp"
#include "store/events/event_store.hpp"
#include "store/pg/session.hpp"
#include "store/merge/structure_lock.hpp"

// What one transaction does with its events, between taking the structure lock and COMMIT.
namespace trunkline::store {

// Event rows, and the effects of those that are new.
// Many at once, copy_from or more, go by COPY: throws key_taken if another transaction is at the
// same event just now. Never by default.
std::vector<outcome> insert_with_effects(
    session&, std::span<const prepared_event> batch, structure held, apply_stats*,
    std::size_t copy_from = std::numeric_limits<std::size_t>::max()
);
// Leased rows get their state and effects. False: the lease was lost.
std::vector<bool> settle_with_effects(
    session&, std::span<const leased_event> batch, structure held
);
// A row alone; needs no lock.
outcome insert_without_effects(session&, const prepared_event&, const fate&);

}  // namespace trunkline::store
