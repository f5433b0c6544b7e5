// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "store/pg/store_error.hpp"

namespace trunkline::store {

// The error of every call that would change an event or its effects while an operator has paused
// applying. Nothing was changed. Its SQLSTATE is one that no server uses.
inline store_error pause_error() {
  return {store_error_kind::sql, "TL001", "applying is paused"};
}
inline bool is_pause(const store_error& error) {
  return error.sqlstate == "TL001";
}

}  // namespace trunkline::store
