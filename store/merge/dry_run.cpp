// SPDX-License-Identifier: Apache-2.0
#include "store/merge/dry_run.hpp"

#include <map>
#include <set>

#include "common/postgres/postgres.hpp"
#include "store/events/event_rows.hpp"
#include "store/events/retry_leases.hpp"
#include "store/merge/effects.hpp"
#include "store/merge/structure_lock.hpp"
#include "store/pg/schema_check.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {
namespace {

using fields = std::map<std::string, std::optional<std::string>>;
using snapshot = std::map<std::pair<std::string, std::string>, fields>;  // by table and key

// Opens a session like that of a worker, with a short statement timeout, because workers wait for
// its locks.
void open_as_worker(session& db, const std::string& conninfo) {
  store_options options;
  options.conninfo = conninfo;
  options.application_name = "trunkline-dry-run";
  db.open(
      conninfo_of(options, std::chrono::milliseconds(3000), std::chrono::milliseconds(5000)), {}
  );
  check_schema_version(db);
}

// Returns the keys of all rows that the event may change: the parameters of dry_run_rows.sql.
parameters keys_of(std::int64_t id, const parse::event& event) {
  std::vector<std::string> refs, party_keys;
  std::set<std::string> phones(event.explicit_contacts.begin(), event.explicit_contacts.end());
  phones.insert(event.own_number_evidence.begin(), event.own_number_evidence.end());
  if (event.activity) {
    refs = event.activity->conv_refs;
    party_keys = event.activity->party_keys;
    phones.insert(event.activity->parties.begin(), event.activity->parties.end());
  }
  if (event.card) phones.insert(event.card->phones.begin(), event.card->phones.end());
  return {
      std::to_string(id), subject_of(event).value_or(""), postgres::array_of(refs),
      postgres::array_of(party_keys), postgres::array_of({phones.begin(), phones.end()})};
}

snapshot read_rows(session& db, const parameters& keys) {
  snapshot out;
  const auto found = db.run("dry_run_rows", keys);
  for (std::size_t i = 0; i < found.size(); ++i)
    out[{std::string(found.text(i, 0)), std::string(found.text(i, 1))}]
       [std::string(found.text(i, 2))] = found.optional_text(i, 3);
  return out;
}

std::vector<column_change> difference(const fields& before, const fields& after) {
  std::set<std::string> names;
  for (const auto& [name, value] : before) names.insert(name);
  for (const auto& [name, value] : after) names.insert(name);
  std::vector<column_change> out;
  for (const auto& name : names) {
    if (name == "updated_at") continue;  // always now
    const auto was = before.find(name), is = after.find(name);
    const auto old = was == before.end() ? std::nullopt : was->second;
    const auto now = is == after.end() ? std::nullopt : is->second;
    if (old != now) out.push_back({name, old, now});
  }
  return out;
}

std::vector<row_change> difference(const snapshot& before, const snapshot& after) {
  using enum row_change::kind;
  std::vector<row_change> out;
  const auto add =
      [&out](row_change::kind what, const auto& key, std::vector<column_change> columns) {
        if (!columns.empty()) out.push_back({what, key.first, key.second, std::move(columns)});
      };
  for (const auto& [key, row] : before) {
    const auto now = after.find(key);
    if (now == after.end())
      add(deleted, key, difference(row, {}));
    else
      add(updated, key, difference(row, now->second));
  }
  for (const auto& [key, row] : after)
    if (!before.contains(key)) add(inserted, key, difference({}, row));
  return out;
}

}  // namespace

struct dry_run::impl {
  std::string conninfo;
  session db;

  // The steps of a worker for a retry, with a snapshot of the rows before and after.
  std::optional<dry_run_result> run(std::int64_t id, structure_lock mode) {
    db.begin();
    db.run(
        mode == structure_lock::exclusive ? "structure_lock_exclusive" : "structure_lock_shared"
    );
    const auto event_row = read_rows(db, {std::to_string(id), "", "{}", "{}", "{}"});
    const auto taken = db.run("dry_run_take", {std::to_string(id)});
    if (taken.empty()) {
      db.roll_back();
      return std::nullopt;
    }
    const auto leased = read_leased(taken);
    const auto& event = leased.front().what.event;
    const auto disposition = disposition_of(event);
    dry_run_result out{std::string(disposition.state), disposition.message, {}, {}, {}};
    const auto keys = keys_of(id, event);
    auto before = read_rows(db, keys);
    before.insert_or_assign(event_row.begin()->first, event_row.begin()->second);
    const auto counted = count_written(db);
    settle_leased(db, leased);
    if (event.what == parse::verdict::apply) apply_effects(db, mode, {&event});
    out.changes = difference(before, read_rows(db, keys));
    out.counts = written_between(counted, count_written(db));
    db.roll_back();
    return out;
  }
};

dry_run::dry_run(std::string conninfo) : impl_(new impl{std::move(conninfo), {}}) {}
dry_run::~dry_run() = default;

result<std::optional<dry_run_result>> dry_run::run(std::int64_t id) {
  try {
    if (!impl_->db.is_open()) open_as_worker(impl_->db, impl_->conninfo);
    try {
      return impl_->run(id, structure_lock::shared);
    } catch (const needs_exclusive&) {
      impl_->db.roll_back();
    }
    return impl_->run(id, structure_lock::exclusive);
  } catch (const store_error& error) {  // from check_schema_version()
    impl_->db.close();
    return error;
  } catch (...) {
    auto error = impl_->db.explain();
    if (error.kind != store_error_kind::sql) return error;
    // A worker would get the same error.
    return std::optional<dry_run_result>(dry_run_result{{}, {}, std::move(error), {}, {}});
  }
}

}  // namespace trunkline::store
