// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "admin/database.hpp"
#include "common/json/json_object.hpp"

// Control of the workers by operators: the table controls, and operator_log, which records who
// changed it.
namespace trunkline::admin {

struct pause_state {
  std::string reason, by;
  std::string since, until;  // ISO 8601; until is "" if the pause has no end
};
struct pause_result {
  std::optional<pause_state> paused;
  std::optional<database_failure> failure;
};
// Reads the pause as the workers see it: one that has ended is not returned.
pause_result read_pause(database&);

// Returns SQL of the same for larger statements: four columns, all null if nothing is paused. Works
// with older schemas, too.
std::string pause_columns();
std::optional<pause_state> read_pause(const database_row&, std::size_t first_column);

// Returns "by ann@ops1 since ... until ...: reason".
std::string describe(const pause_state&);
std::optional<json_object> as_json(const std::optional<pause_state>&);

struct pause_request {
  std::string actor, reason;
  // At most one of them. Without a zone, resume_at is UTC.
  std::optional<std::chrono::milliseconds> duration;
  std::string resume_at;
};
// Pauses applying for all workers. Affects no row if the end is in the past.
query_result pause(database&, const pause_request&);
// Returns whether the failure of pause() means that resume_at is not a time.
bool is_invalid_time(const database_failure&);
query_result resume(database&, const std::string& actor, const std::string& reason);

// Returns the failure that this login would meet if it changed events ("update") or deleted them.
// Checked before a question or a dry run.
std::optional<database_failure> missing_privilege(database&, const std::string& privilege);

}  // namespace trunkline::admin
