// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <limits>
#include <span>
#include <vector>

#include "store/events/event_rows.hpp"
#include "store/events/event_store.hpp"
#include "store/merge/structure_lock.hpp"
#include "store/pg/session.hpp"

// The steps of a transaction between taking the structure lock and COMMIT.
namespace trunkline::store {

// Inserts event rows, and applies the effects of those that are new. At least copy_from events are
// written by COPY, which throws key_exists if another transaction inserts the same event.
std::vector<outcome> insert_with_effects(
    session&, std::span<const prepared_event> batch, structure_lock mode, apply_stats*,
    std::size_t copy_from = std::numeric_limits<std::size_t>::max()
);

// Settles leased rows and applies their effects. An element is false if its lease was lost.
std::vector<bool> settle_with_effects(
    session&, std::span<const leased_event> batch, structure_lock mode
);

// Inserts one event row.
outcome insert_without_effects(session&, const prepared_event&, const event_disposition&);

}  // namespace trunkline::store
