// SPDX-License-Identifier: Apache-2.0
#include "admin/dead_letters/dead_letters.hpp"
#include "admin/events/event_time.hpp"

namespace trunkline::admin {
namespace {

constexpr const char* in_microseconds = "(extract(epoch from finished_at) * 1000000)::bigint";

std::string below(const std::string& us, const std::string& id) {
  return "(e.finished_at, e.id) < (tl_time(" + us + "::bigint), " + id + "::bigint)";
}

}  // namespace

dead_slices::dead_slices(database& db, const event_filter& filter) : db_(db), filter_(filter) {}

bool dead_slices::next(std::int64_t rows) {
  if (last_ || failure_) return false;
  if (!at_) {
    // What dies later is not seen twice.
    const auto start = db_.query("select (extract(epoch from now()) * 1000000)::bigint + 1");
    failure_ = start.failure;
    if (failure_) return false;
    at_ = place{start.rows[0][0].value_or("0"), "0"};
  }
  // Where the slice ends: read from the index alone.
  sql_condition bounds;
  bounds.require("e.state = 'dead'");
  bounds.require(below(bounds.parameter(at_->us), bounds.parameter(at_->id)));
  add_died(filter_, bounds);
  fitting_ = bounds;
  const auto end = db_.query(
      std::string("select ") + in_microseconds + ", id, " + time_text("finished_at") +
          " from webhook_events e where " + bounds.sql() +
          " order by e.finished_at desc, e.id desc offset " + std::to_string(rows - 1) + " limit 1",
      bounds.parameters()
  );
  failure_ = end.failure;
  if (failure_) return false;
  last_ = end.rows.empty();
  reached_ = last_ ? "" : end.rows[0][2].value_or("");
  if (!last_) {
    at_ = place{end.rows[0][0].value_or("0"), end.rows[0][1].value_or("0")};
    fitting_.require(
        "(e.finished_at, e.id) >= (tl_time(" + fitting_.parameter(at_->us) + "::bigint), " +
        fitting_.parameter(at_->id) + "::bigint)"
    );
  }
  add_received(filter_, fitting_);
  failure_ = add_conditions(db_, filter_, fitting_);
  return !failure_;
}

}  // namespace trunkline::admin
