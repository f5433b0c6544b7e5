// SPDX-License-Identifier: Apache-2.0
#include "admin/control/batches_in_flight.hpp"

#include <thread>

#include "common/postgres/postgres.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {

batches_in_flight wait_for_batches_in_flight(database& db, std::chrono::milliseconds max_wait) {
  using clock = std::chrono::steady_clock;
  batches_in_flight out;
  const auto end = clock::now() + max_wait;
  const auto first = db.query(sql::query("admin/list_batches_in_flight"));
  out.failure = first.failure;
  if (out.failure) return out;
  std::vector<std::string> transactions;
  for (const auto& row : first.rows) transactions.push_back(row[0].value_or(""));
  out.total = out.open = static_cast<std::int64_t>(transactions.size());
  while (out.open > 0) {
    const auto left =
        db.query(sql::query("admin/count_batches_in_flight"), {postgres::array_of(transactions)});
    out.failure = left.failure;
    if (out.failure) return out;
    out.open = std::stoll(left.rows[0][0].value_or("0"));
    out.backends = left.rows[0][1].value_or("");
    if (out.open == 0 || clock::now() >= end) return out;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return out;
}

}  // namespace trunkline::admin
