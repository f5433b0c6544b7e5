// SPDX-License-Identifier: Apache-2.0
#include "admin/migrations/migration_plan.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "common/text/encoding.hpp"

namespace trunkline::admin {
namespace {

int version_of(std::string_view name) {
  int version = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), version);
  if (error != std::errc() || end != name.data() + 4 || *end != '_' || version < 1)
    throw std::logic_error("migration " + std::string(name) + ": the name must be NNNN_name");
  return version;
}

int compatible_from(std::string_view text, int version) {
  constexpr std::string_view mark = "\n-- compatible-from: ";
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return version;
  const auto number = text.substr(at + mark.size());
  int from = 0;
  const auto error = std::from_chars(number.data(), number.data() + number.size(), from).ec;
  if (error != std::errc() || from < 1 || from > version)
    throw std::logic_error("compatible-from must be 1 to the migration's own version");
  return from;
}

const migration* find(const std::vector<migration>& known, int version) {
  const auto at = std::find_if(known.begin(), known.end(), [&](const migration& m) {
    return m.version == version;
  });
  return at == known.end() ? nullptr : &*at;
}

std::string newer(const applied_migration& applied, int latest) {
  return "the schema is at version " + std::to_string(applied.version) + " (" + applied.name +
         "), newer than version " + std::to_string(latest) +
         " of this program; use the release that applied it";
}

std::string changed(const applied_migration& applied, const migration& here) {
  return "migration " + here.name + " differs from the text that was applied on " +
         applied.applied_at + " (checksum " + applied.checksum.substr(0, 12) + " there, " +
         here.checksum.substr(0, 12) +
         " here); restore its text, and put the change into a new migration";
}

}  // namespace

std::vector<migration> known_migrations(std::span<const sql::statement> files) {
  std::vector<migration> known;
  for (const auto& [name, text] : files) {
    const auto digest = sha256(text);
    const int version = version_of(name);
    known.push_back(
        {version, std::string(name), hex_encode(as_bytes(digest)), text,
         compatible_from(text, version)}
    );
  }
  std::sort(known.begin(), known.end(), [](const migration& a, const migration& b) {
    return a.version < b.version;
  });
  for (std::size_t i = 1; i < known.size(); ++i)
    if (known[i].version == known[i - 1].version)
      throw std::logic_error("two migrations have version " + std::to_string(known[i].version));
  return known;
}

migration_plan plan_migrations(
    const std::vector<migration>& known, const std::vector<applied_migration>& applied
) {
  migration_plan plan;
  const int latest = known.empty() ? 0 : known.back().version;
  int reached = 0;
  for (const auto& row : applied) {
    reached = std::max(reached, row.version);
    const migration* here = find(known, row.version);
    if (here == nullptr)
      plan.problem = newer(row, latest);
    else if (here->checksum != row.checksum)
      plan.problem = changed(row, *here);
    if (!plan.problem.empty()) return plan;
  }
  for (const auto& candidate : known) {
    const bool done = std::any_of(applied.begin(), applied.end(), [&](const auto& row) {
      return row.version == candidate.version;
    });
    if (done) continue;
    if (candidate.version < reached) {
      plan.problem = "migration " + candidate.name + " was not applied, but version " +
                     std::to_string(reached) + " was; the database was migrated by another branch";
      plan.pending.clear();
      return plan;
    }
    plan.pending.push_back(&candidate);
  }
  return plan;
}

}  // namespace trunkline::admin
