// SPDX-License-Identifier: Apache-2.0
#include "admin/dead_letters/dead_letter_pager.hpp"

#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

void require_position(
    const char* query, const std::string& microseconds, const std::string& id, sql_condition& to
) {
  const auto time = to.parameter(microseconds);
  to.require(sql::compose(query, {{"microseconds", time}, {"id", to.parameter(id)}}));
}

}  // namespace

dead_letter_pager::dead_letter_pager(database& db, const event_filter& filter)
    : db_(db), filter_(filter) {}

bool dead_letter_pager::next(std::int64_t rows) {
  if (last_ || failure_) return false;
  if (!position_) {
    const auto top = db_.query(sql::query("admin/dead_letters_top"));
    failure_ = top.failure;
    if (failure_) return false;
    position_ = position{top.rows[0][0].value_or("0"), "0"};
  }
  sql_condition bounds;
  bounds.require(std::string(sql::query("admin/filter/is_dead")));
  require_position(
      "admin/filter/below_dead_letter", position_->microseconds, position_->id, bounds
  );
  add_died(filter_, bounds);
  matching_ = bounds;
  const auto skip = bounds.parameter(std::to_string(rows - 1));
  const auto end = db_.query(
      sql::compose("admin/dead_letters_page_end", {{"bounds", bounds.sql()}, {"skip", skip}}),
      bounds.parameters()
  );
  failure_ = end.failure;
  if (failure_) return false;
  last_ = end.rows.empty();
  reached_ = last_ ? "" : end.rows[0][2].value_or("");
  if (!last_) {
    position_ = position{end.rows[0][0].value_or("0"), end.rows[0][1].value_or("0")};
    require_position(
        "admin/filter/from_dead_letter", position_->microseconds, position_->id, matching_
    );
  }
  add_received(filter_, matching_);
  failure_ = add_conditions(db_, filter_, matching_);
  return !failure_;
}

}  // namespace trunkline::admin
