// SPDX-License-Identifier: Apache-2.0
#include "admin/migrations/migration_plan.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace trunkline;
using namespace trunkline::admin;

namespace {

const std::array<sql::statement, 3> files = {
    {{"0002_more", "select 2"}, {"0001_initial", "select 1"}, {"0003_last", "select 3"}}};

std::vector<applied_migration> applied(
    const std::vector<migration>& known, std::initializer_list<int> versions
) {
  std::vector<applied_migration> rows;
  for (const int version : versions) {
    const auto& from = known[static_cast<std::size_t>(version - 1)];
    rows.push_back({version, from.name, from.checksum, "2026-01-02 03:04:05Z"});
  }
  return rows;
}

std::string names(const migration_plan& plan) {
  std::string out;
  for (const auto* each : plan.pending) out += each->name + " ";
  return out;
}

}  // namespace

TEST_CASE("migrations are known in order, with the SHA-256 of their text") {
  const auto known = known_migrations(files);
  REQUIRE(known.size() == 3);
  CHECK(known[0].name == "0001_initial");
  CHECK(known[0].version == 1);
  CHECK(known[2].version == 3);
  CHECK(known[0].checksum == "822ae07d4783158bc1912bb623e5107cc9002d519e1143a9c200ed6ee18b6d0f");
}

TEST_CASE("a migration declares which older programs are compatible") {
  const std::array<sql::statement, 2> two = {
      {{"0004_breaking", "-- SPDX\nselect 1"},
       {"0005_adds", "-- SPDX\n-- compatible-from: 3\nselect 1"}}};
  const auto known = known_migrations(two);
  CHECK(known[0].compatible_from == 4);
  CHECK(known[1].compatible_from == 3);
  for (const char* text :
       {"\n-- compatible-from: 7", "\n-- compatible-from: 0", "\n-- compatible-from: x"}) {
    const std::array<sql::statement, 1> invalid = {{{"0006_invalid", text}}};
    CHECK_THROWS_AS(known_migrations(invalid), std::logic_error);
  }
}

TEST_CASE("the file name of a migration has a unique number") {
  for (const char* name : {"1_short", "0000_zero", "00001_long", "initial", "-001_x"}) {
    CAPTURE(name);
    const std::array<sql::statement, 1> invalid = {{{name, ""}}};
    CHECK_THROWS_AS(known_migrations(invalid), std::logic_error);
  }
  const std::array<sql::statement, 2> twice = {{{"0001_a", ""}, {"0001_b", ""}}};
  CHECK_THROWS_AS(known_migrations(twice), std::logic_error);
}

TEST_CASE("the migrations of the repository have valid names") {
  CHECK_FALSE(known_migrations(sql::migrations()).empty());
}

TEST_CASE("missing migrations are applied in order") {
  const auto known = known_migrations(files);
  CHECK(names(plan_migrations(known, {})) == "0001_initial 0002_more 0003_last ");
  CHECK(names(plan_migrations(known, applied(known, {1}))) == "0002_more 0003_last ");
  const auto done = plan_migrations(known, applied(known, {1, 2, 3}));
  CHECK(names(done).empty());
  CHECK(done.problem.empty());
}

TEST_CASE("an edited, a newer and a skipped migration are rejected") {
  const auto known = known_migrations(files);
  auto rows = applied(known, {1, 2});
  SECTION("edited") {
    rows[1].checksum = std::string(64, '0');
    const auto plan = plan_migrations(known, rows);
    CHECK(plan.problem.starts_with(
        "migration 0002_more differs from the text that was applied on 2026-01-02"
    ));
    CHECK(plan.pending.empty());
  }
  SECTION("newer") {
    rows.push_back({9, "0009_later", "x", ""});
    CHECK(plan_migrations(known, rows).problem.find("newer than version 3") != std::string::npos);
  }
  SECTION("skipped") {
    const auto plan = plan_migrations(known, applied(known, {1, 3}));
    CHECK(plan.problem.starts_with("migration 0002_more was not applied"));
    CHECK(plan.pending.empty());
  }
}
