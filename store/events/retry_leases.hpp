// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <span>
#include <vector>

#include "store/events/event_store.hpp"
#include "store/pg/session.hpp"

// Leases of retries, inside the running transaction. All times are those of the database.
namespace trunkline::store {

// Makes retries dead whose leases expired max_claims times.
std::vector<expired_retry> dead_letter_crashed(session&, int max_claims);
rows lease_due(session&, int limit, std::chrono::milliseconds lease);

// Returns at most one row.
rows lease_suspect(session&, std::chrono::milliseconds lease, int max_claims);

// Parses the rows of lease_due() or lease_suspect(). Call it after their transaction is committed.
std::vector<leased_event> read_leased(const rows& due);

// Writes the disposition of each event whose lease still holds, and returns true for those.
std::vector<bool> settle_leased(session&, std::span<const leased_event> batch);
void release_leases(session&, std::span<const leased_event> batch);
bool fail_leased(
    session&, const leased_event&, const store_error& why, std::chrono::milliseconds delay,
    int max_attempts
);

}  // namespace trunkline::store
