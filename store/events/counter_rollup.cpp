// SPDX-License-Identifier: Apache-2.0
#include "store/events/counter_rollup.hpp"

#include "store/pg/row_arrays.hpp"

namespace trunkline::store {

std::optional<rollup_lease> claim_rollup(session& db, std::chrono::milliseconds period) {
  const auto row = db.run("claim_rollup", {std::to_string(period.count())});
  if (row.empty()) return std::nullopt;
  return rollup_lease{row.optional_number(0, 0), row.number(0, 1)};
}

void roll_up_counters(
    session& db, std::span<const minute_counter> counters, std::int64_t from,
    const rollup_lease& lease
) {
  row_arrays arrays(3);
  for (const auto& each : counters) arrays.row() << each.minute << each.name << each.count;
  const auto values = arrays.take();
  auto range = values;
  for (const auto minute : {from, lease.now, lease.last.value_or(lease.now)})
    range.push_back(std::to_string(minute));
  db.run("mark_lost_counters", range);
  db.run("roll_up_counters", values);
  db.run("finish_rollup", {std::to_string(lease.now)});
}

}  // namespace trunkline::store
