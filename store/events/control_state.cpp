// SPDX-License-Identifier: Apache-2.0
#include "store/events/control_state.hpp"

#include "store/pg/row_arrays.hpp"

namespace trunkline::store {

control_state read_controls(session& db, const std::string& worker_id) {
  const auto row = db.run("controls", {worker_id});
  control_state out;
  if (row.text(0, 0) == "t")
    out.paused = control_state::pause{
        std::string(row.text(0, 1)), std::string(row.text(0, 2)), std::string(row.text(0, 3)),
        std::string(row.text(0, 4))};
  out.drain = row.text(0, 5) == "t";
  return out;
}

std::optional<rollup_lease> claim_rollup(session& db, std::chrono::milliseconds period) {
  const auto row = db.run("claim_rollup", {std::to_string(period.count())});
  if (row.empty()) return std::nullopt;
  return rollup_lease{row.optional_number(0, 0), row.number(0, 1)};
}

void roll_up_counters(
    session& db, std::span<const minute_counter> figures, std::int64_t compare_from,
    const rollup_lease& turn
) {
  row_arrays arrays(3);
  for (const auto& each : figures) arrays.row() << each.minute << each.name << each.count;
  const auto values = arrays.take();
  auto range = values;
  for (const auto minute : {compare_from, turn.now, turn.last.value_or(turn.now)})
    range.push_back(std::to_string(minute));
  db.run("mark_lost_counters", range);
  db.run("roll_up_counters", values);
  db.run("finish_rollup", {std::to_string(turn.now)});
}

}  // namespace trunkline::store
