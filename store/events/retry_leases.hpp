// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <span>
#include <vector>

#include "store/events/event_store.hpp"
#include "store/pg/session.hpp"

// Retries by lease (design.md section 2), inside the running transaction. Times are the database's.
namespace trunkline::store {

// Retries whose leases ran out max_claims times become dead.
std::vector<expired_retry> dead_letter_crashed(session&, int max_claims);
rows lease_due(session&, int most, std::chrono::milliseconds lease);
rows lease_suspect(session&, std::chrono::milliseconds lease, int max_claims);  // one at most
// What these two gave, parsed anew: only after its commit.
std::vector<leased_event> read_leased(const rows& due);
// The fate of each leased event, where its lease still holds; true there.
std::vector<bool> settle_leased(session&, std::span<const leased_event> batch);
void release_leases(session&, std::span<const leased_event> batch);
bool fail_leased(
    session&, const leased_event&, const store_error& why, std::chrono::milliseconds delay,
    int most_attempts
);

}  // namespace trunkline::store
