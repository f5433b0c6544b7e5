// SPDX-License-Identifier: Apache-2.0
#include "store/merge/import.hpp"

#include <algorithm>
#include <map>

#include "common/postgres/postgres.hpp"
#include "store/events/batch_transaction.hpp"
#include "store/merge/effects.hpp"
#include "store/merge/structure_lock.hpp"
#include "store/pg/schema_check.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {
namespace {

constexpr int max_tries = 5;

bool is_collision(const store_error& error) {
  return error.sqlstate == "40001" || error.sqlstate == "40P01" || error.sqlstate == "55P03";
}

// Removes conversation ids that contradict those of events. An old row may have a conversation id
// that no event confirms, because the old service kept one conversation per contact.
void drop_contradicted_refs(session& db, std::vector<parse::event>& facts) {
  std::vector<std::string> ids;
  for (const auto& event : facts)
    if (event.activity && !event.activity->conv_refs.empty())
      ids.push_back(event.activity->openphone_id);
  if (ids.empty()) return;
  std::map<std::string, std::vector<std::string>> known;
  const auto found = db.run("import_known_threads", {postgres::array_of(ids)});
  for (std::size_t i = 0; i < found.size(); ++i)
    known.emplace(found.text(i, 0), postgres::parse_array(found.text(i, 1)));
  for (auto& event : facts) {
    if (!event.activity || event.activity->conv_refs.empty()) continue;
    const auto at = known.find(event.activity->openphone_id);
    if (at != known.end() &&
        std::ranges::find(at->second, event.activity->conv_refs.front()) == at->second.end())
      event.activity->conv_refs.clear();
  }
}

}  // namespace

struct importer::impl {
  std::string conninfo;
  bool keep;
  session db;

  void open() {
    store_options options;
    options.conninfo = conninfo;
    options.application_name = "trunkline-import";
    db.open(conninfo_of(options, std::chrono::milliseconds(3000), options.statement_timeout), {});
    check_schema_version(db);
  }

  std::vector<row_counts> run(const import_batch& batch, structure_lock mode) {
    db.begin();
    db.run(
        mode == structure_lock::exclusive ? "structure_lock_exclusive" : "structure_lock_shared"
    );
    const auto before = count_written(db);
    if (!batch.events.empty()) insert_with_effects(db, batch.events, mode, nullptr);
    auto facts = batch.facts;
    drop_contradicted_refs(db, facts);
    std::vector<const parse::event*> events;
    events.reserve(facts.size());
    for (const auto& event : facts) events.push_back(&event);
    apply_effects(db, mode, events);
    if (!batch.conversations.empty())
      db.run("insert_conversations", {postgres::array_of(batch.conversations)});
    auto written = written_between(before, count_written(db));
    if (keep)
      db.commit();
    else
      db.roll_back();
    return written;
  }

  result<std::vector<row_counts>> try_once(const import_batch& batch) {
    try {
      if (!db.is_open()) open();
      try {
        return run(batch, structure_lock::shared);
      } catch (const needs_exclusive&) {
        db.roll_back();
      }
      return run(batch, structure_lock::exclusive);
    } catch (const store_error& error) {  // from check_schema_version()
      db.close();
      return error;
    } catch (...) {
      return db.explain();
    }
  }
};

importer::importer(std::string conninfo, bool keep)
    : impl_(new impl{std::move(conninfo), keep, {}}) {}
importer::~importer() = default;

// A batch may be applied any number of times, so one whose commit is in doubt is applied again.
result<std::vector<row_counts>> importer::apply(const import_batch& batch) {
  for (int tries = 1;; ++tries) {
    auto done = impl_->try_once(batch);
    if (done || tries == max_tries || !is_collision(done.error())) return done;
  }
}

}  // namespace trunkline::store
