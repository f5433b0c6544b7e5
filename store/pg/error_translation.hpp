// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "store/pg/store_error.hpp"

namespace trunkline::store {

// Returns the exception in flight as an error without row data. Call it inside a catch block.
store_error translate_exception();

// True for SQLSTATEs after which a connection is closed.
bool ends_the_connection(const std::string& sqlstate);

}  // namespace trunkline::store
