// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "parse/facts.hpp"
#include "store/merge/registers.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

// A row of activities that a transaction works on: its registers after the merge, and its stored
// derived columns.
struct activity_row {
  std::int64_t id = 0;
  std::string openphone_id;
  registers of;
  std::optional<std::int64_t> active_at;  // microseconds since 1970
  std::optional<std::int64_t> contact_id, conversation_id;
};

// The contact and conversation that a fact alone gives its row. A new row is inserted with them, so
// that most rows are written once.
struct initial_assignment {
  std::optional<std::int64_t> contact_id, conversation_id;
};
using assign_function = std::function<initial_assignment(const parse::activity_facts&)>;

registers registers_of(const parse::activity_facts&);

// Joins facts into their rows. Returns each row that changed once, with its final registers.
std::vector<activity_row>
merge_activities(session&, const std::vector<const parse::activity_facts*>& facts, const assign_function&);

// Adds to rows the stored rows whose contact may change because these numbers are own numbers now.
void add_activities_of(
    session&, const std::vector<std::string>& own_numbers, std::vector<activity_row>& rows
);

// Writes contact_id and conversation_id of rows.
void assign_activities(session&, const std::vector<const activity_row*>& rows);

}  // namespace trunkline::store
