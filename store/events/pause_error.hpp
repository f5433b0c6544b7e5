// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "store/events/event_store.hpp"

// While an operator has paused applying, the store refuses whatever changes an event or what is
// made of it: as an error of its own, in the form of an SQLSTATE that no server has. Nothing was
// changed, and nobody is to blame.
namespace trunkline::store {

inline store_error pause_error() {
  return {store_error_kind::sql, "TL001", "applying is paused"};
}
inline bool is_pause(const store_error& error) {
  return error.sqlstate == "TL001";
}

}  // namespace trunkline::store
