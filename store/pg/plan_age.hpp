// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bit>
#include <cstdint>

namespace trunkline::store {

// Returns true if the plans of a connection are to be discarded before its nth transaction: after
// 1, 2, 4, ... transactions, and after each 256. PostgreSQL keeps a plan until statistics change,
// and those that autovacuum took of an empty table remain for a minute: joins then read the whole
// table for each batch of a backlog that fills it. With this rule the tables have at most about
// doubled since a plan was made.
inline bool plans_are_old(std::uint64_t transaction) {
  constexpr std::uint64_t max_age = 256;
  return transaction > 1 && (std::has_single_bit(transaction) || transaction % max_age == 0);
}

}  // namespace trunkline::store
