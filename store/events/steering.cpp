// SPDX-License-Identifier: Apache-2.0
#include "store/events/steering.hpp"

#include "store/pg/row_arrays.hpp"

namespace trunkline::store {

steering read_controls(session& db, const std::string& worker_id) {
  const auto row = db.run("controls", {worker_id});
  steering out;
  if (row.text(0, 0) == "t")
    out.paused = steering::pause{
        std::string(row.text(0, 1)), std::string(row.text(0, 2)), std::string(row.text(0, 3)),
        std::string(row.text(0, 4))};
  out.drain = row.text(0, 5) == "t";
  return out;
}

std::optional<fold_turn> claim_fold(session& db, std::chrono::milliseconds period) {
  const auto row = db.run("claim_fold", {std::to_string(period.count())});
  if (row.empty()) return std::nullopt;
  return fold_turn{row.optional_number(0, 0), row.number(0, 1)};
}

void fold_figures(
    session& db, std::span<const minute_figure> figures, std::int64_t compare_from,
    const fold_turn& turn
) {
  row_arrays arrays(3);
  for (const auto& each : figures) arrays.row() << each.minute << each.name << each.count;
  const auto values = arrays.take();
  auto range = values;
  for (const auto minute : {compare_from, turn.now, turn.last.value_or(turn.now)})
    range.push_back(std::to_string(minute));
  db.run("fold_lost", range);
  db.run("fold_figures", values);
  db.run("folded", {std::to_string(turn.now)});
}

}  // namespace trunkline::store
