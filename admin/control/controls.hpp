// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "admin/database.hpp"
#include "common/json/json_object.hpp"

// What operators ask of the workers: the table controls, and the log of who asked.
namespace trunkline::admin {

struct pause_state {
  std::string reason, by;
  std::string since, until;  // ISO 8601; until is "" where nobody said
};
struct pause_answer {
  std::optional<pause_state> paused;
  std::optional<database_failure> failure;
};
// As the workers see it: a pause that is past its end is none.
pause_answer read_pause(database&);

// SQL of the same, for statements that ask for more: four columns, all null where nothing is
// paused. Also over tables of an older schema.
std::string pause_columns();
std::optional<pause_state> read_pause(const database_row&, std::size_t first_column);

std::string describe(const pause_state&);  // "by ann@ops1 since ... until ...: reason"
std::optional<json_object> as_json(const std::optional<pause_state>&);

// What this login would meet if it now changed ("update") or deleted events: to be known before a
// question is asked or a rehearsal blames an event.
std::optional<database_failure> lacks_right(database&, const std::string& right);

}  // namespace trunkline::admin
