// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

#include "store/events/event_store.hpp"
#include "store/pg/session.hpp"

// How the worker's sessions are set, and which databases they work with.
namespace trunkline::store {

std::string conninfo_of(
    const store_options&, std::chrono::milliseconds connect, std::chrono::milliseconds statement
);

// Are schema and settings of an open session ours? Throws store_error where they are not, else what
// session throws.
void check_schema_version(session&);

}  // namespace trunkline::store
