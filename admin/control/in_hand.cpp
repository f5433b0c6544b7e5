// SPDX-License-Identifier: Apache-2.0
#include "admin/control/in_hand.hpp"

#include <thread>

#include "common/postgres/postgres.hpp"

namespace trunkline::admin {
namespace {

// schema/queries/structure_lock_shared.sql.
const std::string holders =
    " from pg_locks where locktype = 'advisory' and granted and classid = 0 and objid = 1953655660 "
    "and objsubid = 1 and database = (select oid from pg_database where datname = "
    "current_database())";

}  // namespace

batches_in_hand wait_for_batches_in_hand(database& db, std::chrono::milliseconds most) {
  using clock = std::chrono::steady_clock;
  batches_in_hand out;
  const auto end = clock::now() + most;
  const auto first = db.query("select distinct virtualtransaction" + holders);
  out.failure = first.failure;
  if (out.failure) return out;
  std::vector<std::string> open;
  for (const auto& row : first.rows) open.push_back(row[0].value_or(""));
  out.of = out.count = static_cast<std::int64_t>(open.size());
  while (out.count > 0) {
    const auto left = db.query(
        "select count(distinct virtualtransaction), string_agg(distinct pid::text, ', ')" +
            holders + " and virtualtransaction = any($1::text[])",
        {postgres::array_of(open)}
    );
    out.failure = left.failure;
    if (out.failure) return out;
    out.count = std::stoll(left.rows[0][0].value_or("0"));
    out.backends = left.rows[0][1].value_or("");
    if (out.count == 0 || clock::now() >= end) return out;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return out;
}

}  // namespace trunkline::admin
