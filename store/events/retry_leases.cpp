// SPDX-License-Identifier: Apache-2.0
#include "store/events/retry_leases.hpp"

#include <unordered_set>

#include "common/text/encoding.hpp"
#include "parse/normalise.hpp"
#include "store/events/event_rows.hpp"
#include "store/pg/row_arrays.hpp"

namespace trunkline::store {
namespace {

// Columns in the order of lease_due.sql and lease_suspect.sql. The bytes are parsed again, because
// the parser may be newer than the row.
leased_event read_leased(const rows& from, std::size_t i) {
  stream::delivery delivery;
  delivery.received_at_ms = from.number(i, 4);
  delivery.scheme = signature::scheme_from(from.text(i, 5)).value_or(signature::scheme::hex);
  delivery.key_index = static_cast<int>(from.number(i, 6));
  delivery.provider_delivery_id = from.text(i, 7);
  delivery.delivery_id = from.text(i, 8);
  delivery.body =
      from.is_null(i, 9) ? hex_decode(from.text(i, 10)).value_or("") : std::string(from.text(i, 9));
  return {
      from.number(i, 0), static_cast<int>(from.number(i, 1)), static_cast<int>(from.number(i, 2)),
      prepare(std::string(from.text(i, 3)), std::move(delivery))};
}

}  // namespace

std::vector<expired_retry> dead_letter_crashed(session& db, int max_claims) {
  const auto found = db.run("dead_letter_crashed", {std::to_string(max_claims)});
  std::vector<expired_retry> expired;
  for (std::size_t i = 0; i < found.size(); ++i)
    expired.push_back(
        {std::string(found.text(i, 0)), std::string(found.text(i, 1)),
         std::string(found.text(i, 2))}
    );
  return expired;
}

rows lease_due(session& db, int limit, std::chrono::milliseconds lease) {
  return db.run("lease_due", {std::to_string(limit), std::to_string(lease.count())});
}

rows lease_suspect(session& db, std::chrono::milliseconds lease, int max_claims) {
  return db.run("lease_suspect", {std::to_string(lease.count()), std::to_string(max_claims)});
}

std::vector<leased_event> read_leased(const rows& due) {
  std::vector<leased_event> leased;
  leased.reserve(due.size());
  for (std::size_t i = 0; i < due.size(); ++i) leased.push_back(read_leased(due, i));
  return leased;
}

std::vector<bool> settle_leased(session& db, std::span<const leased_event> batch) {
  row_arrays arrays(7);
  for (const auto& leased : batch) {
    const auto& event = leased.what.event;
    const auto disposition = disposition_of(event);
    arrays.row() << leased.id << leased.claims << disposition.state
                 << (disposition.message.empty() ? std::nullopt : std::optional(disposition.message)
                    )
                 << subject_of(event) << event.occurred_at << parse::parser_version;
  }
  const auto settled = db.run("settle_leased", arrays.take());
  std::unordered_set<std::int64_t> ids;
  for (std::size_t i = 0; i < settled.size(); ++i) ids.insert(settled.number(i, 0));
  std::vector<bool> held;
  held.reserve(batch.size());
  for (const auto& leased : batch) held.push_back(ids.contains(leased.id));
  return held;
}

void release_leases(session& db, std::span<const leased_event> batch) {
  row_arrays arrays(2);
  for (const auto& leased : batch) arrays.row() << leased.id << leased.claims;
  db.run("release_leases", arrays.take());
}

bool fail_leased(
    session& db, const leased_event& leased, const store_error& why,
    std::chrono::milliseconds delay, int max_attempts
) {
  const auto failed = db.run(
      "fail_leased", {std::to_string(leased.id), std::to_string(leased.claims), why.message,
                      why.sqlstate, std::to_string(delay.count()), std::to_string(max_attempts)}
  );
  return !failed.empty();
}

}  // namespace trunkline::store
