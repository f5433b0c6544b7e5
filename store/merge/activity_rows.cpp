// SPDX-License-Identifier: Apache-2.0
#include "store/merge/activity_rows.hpp"

#include <array>
#include <set>
#include <unordered_map>

#include "common/postgres/postgres.hpp"
#include "schema/activity_columns.hpp"
#include "store/merge/distinct_key_rounds.hpp"
#include "store/pg/binary_rows.hpp"
#include "store/pg/row_arrays.hpp"

namespace trunkline::store {
namespace {

#define TRUNKLINE_TYPE(column, type) column_type::type,
constexpr std::array merge_columns{TRUNKLINE_ACTIVITY_FACTS(TRUNKLINE_TYPE)
                                       TRUNKLINE_ACTIVITY_ASSIGNMENT(TRUNKLINE_TYPE)};
#undef TRUNKLINE_TYPE

void add_row(
    binary_rows& to, const parse::activity_facts& facts, const initial_assignment& assignment
) {
#define TRUNKLINE_FACT(column, type) << facts.column
#define TRUNKLINE_ASSIGNED(column, type) << assignment.column
  to.row() TRUNKLINE_ACTIVITY_FACTS(TRUNKLINE_FACT)
      TRUNKLINE_ACTIVITY_ASSIGNMENT(TRUNKLINE_ASSIGNED);
#undef TRUNKLINE_FACT
#undef TRUNKLINE_ASSIGNED
}

// Columns in the order of merge_activities.sql.in and activities_of_parties.sql.
activity_row read_row(const rows& from, std::size_t i) {
  activity_row row;
  row.id = from.number(i, 0);
  row.openphone_id = from.text(i, 1);
  row.of.contact_hint = from.optional_text(i, 2);
  row.of.parties = postgres::parse_array(from.text(i, 3));
  if (!from.is_null(i, 4)) row.of.conv_refs.emplace_back(from.text(i, 4));
  if (!from.is_null(i, 6)) {
    row.of.party_keys = postgres::parse_array(from.text(i, 6));
  } else if (!from.is_null(i, 5)) {
    row.of.party_keys.emplace_back(from.text(i, 5));
  }
  row.active_at = from.optional_number(i, 7);
  row.contact_id = from.optional_number(i, 8);
  row.conversation_id = from.optional_number(i, 9);
  return row;
}

// Facts with rare columns come first, because arrays omit trailing NULLs: the array of a column
// ends with the last fact that has a value. The statement sorts by id.
int rarity(const parse::activity_facts& f) {
  if (f.ai_transcript || f.ai_summary || f.voicemail || f.forwarded || f.menu) return 0;
  if (f.media_urls || f.error || f.recording_url) return 1;
  return f.activity_type == "call" ? 2 : 3;
}

std::vector<const parse::activity_facts*> by_rarity(
    const std::vector<const parse::activity_facts*>& facts
) {
  std::vector<const parse::activity_facts*> sorted;
  sorted.reserve(facts.size());
  for (int level = 0; level <= 3; ++level) {
    for (const auto* fact : facts) {
      if (rarity(*fact) == level) sorted.push_back(fact);
    }
  }
  return sorted;
}

}  // namespace

registers registers_of(const parse::activity_facts& f) {
  return {f.contact_hint, f.parties, f.conv_refs, f.party_keys};
}

std::vector<activity_row> merge_activities(
    session& db, const std::vector<const parse::activity_facts*>& facts,
    const assign_function& assign
) {
  std::vector<activity_row> changed;
  std::unordered_map<std::string, std::size_t> positions;
  const auto key = [](const parse::activity_facts& fact) { return fact.openphone_id; };
  for (const auto& round : distinct_key_rounds(facts, key)) {
    binary_rows arrays(merge_columns);
    for (const auto* fact : by_rarity(round)) add_row(arrays, *fact, assign(*fact));
    const auto returned = db.run_binary("merge_activities", arrays.take());
    for (std::size_t i = 0; i < returned.size(); ++i) {
      auto row = read_row(returned, i);
      const auto [at, inserted] = positions.try_emplace(row.openphone_id, changed.size());
      if (inserted) {
        changed.push_back(std::move(row));
      } else {
        changed[at->second] = std::move(row);
      }
    }
  }
  return changed;
}

void add_activities_of(
    session& db, const std::vector<std::string>& own_numbers, std::vector<activity_row>& rows
) {
  std::set<std::int64_t> known;
  for (const auto& row : rows) known.insert(row.id);
  const auto found = db.run("activities_of_parties", {postgres::array_of(own_numbers)});
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto row = read_row(found, i);
    if (!known.contains(row.id)) rows.push_back(std::move(row));
  }
}

void assign_activities(session& db, const std::vector<const activity_row*>& rows) {
  if (rows.empty()) return;
  row_arrays arrays(3);
  for (const auto* row : rows) arrays.row() << row->id << row->contact_id << row->conversation_id;
  db.run("assign_activities", arrays.take());
}

}  // namespace trunkline::store
