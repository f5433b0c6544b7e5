// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "parse/facts.hpp"
#include "store/merge/derived_columns.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

// A row of activities as a transaction has it in hand: registers after the merge, and the stored
// columns that are computed across rows.
struct activity_row {
  std::int64_t id = 0;
  std::string openphone_id;
  registers of;
  std::optional<std::int64_t> active_at;  // microseconds
  std::optional<std::int64_t> contact_id, conversation_id;
};

// Where a fact's row would belong if the fact were all that is known of it: what a new row is
// inserted with, so that most rows are written once.
struct first_place {
  std::optional<std::int64_t> contact_id, conversation_id;
};
using first_place_of = std::function<first_place(const parse::activity_facts&)>;

registers registers_of(const parse::activity_facts&);

// Joins facts into their rows. Returns the rows that changed, each once, with its final registers.
std::vector<activity_row>
merge_activities(session&, const std::vector<const parse::activity_facts*>& facts, const first_place_of&);
// The rows whose contact may change when these numbers are learned to be ours, added to in_hand
// where they are not there yet.
void add_activities_of(
    session&, const std::vector<std::string>& learned, std::vector<activity_row>& in_hand
);
// Writes contact_id and conversation_id of rows.
void place_activities(session&, const std::vector<const activity_row*>& rows);

}  // namespace trunkline::store
