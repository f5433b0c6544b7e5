// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

#include "store/pg/session.hpp"
#include "store/pg/store_options.hpp"

// Settings of the worker's sessions, and the check of the database that they connect to.
namespace trunkline::store {

std::string conninfo_of(
    const store_options&, std::chrono::milliseconds connect, std::chrono::milliseconds statement
);

// Returns the number of the newest migration that this program has.
int known_schema_version();

// Checks schema version and settings of an open session. Throws store_error if they do not match,
// or the exceptions of session.
void check_schema_version(session&);

}  // namespace trunkline::store
