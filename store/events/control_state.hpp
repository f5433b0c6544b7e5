// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "store/events/event_store.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

// Returns what an operator has set for a worker, inside the running transaction.
control_state read_controls(session&, const std::string& worker_id);

}  // namespace trunkline::store
