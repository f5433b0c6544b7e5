// SPDX-License-Identifier: Apache-2.0
#include "store/pg/schema_check.hpp"

#include <algorithm>
#include <charconv>

#include "common/postgres/postgres.hpp"
#include "schema/sql.hpp"

namespace trunkline::store {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view undefined_table = "42P01";

}  // namespace

std::string conninfo_of(
    const store_options& options, milliseconds connect, milliseconds statement
) {
  postgres::session session;
  session.application_name = options.application_name;
  session.connect_timeout = connect;
  session.lock_timeout = std::min(options.lock_timeout, statement);
  session.statement_timeout = statement;
  session.idle_in_transaction_timeout = options.idle_timeout;
  // Every statement finds rows by key, for the elements of arrays, so one plan is the best for all
  // tables. Plans made over empty tables and kept for the connection would read whole tables for
  // each batch of a first import, hence no scans and no hash or merge joins. A disabled node gets
  // so high a cost that JIT would compile every plan that needs one. lz4 compresses long texts
  // faster than pglz. trunkline.options proves that the options arrived (schema_version.sql).
  session.options =
      "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off "
      "-c enable_mergejoin=off -c jit=off -c default_toast_compression=lz4 -c "
      "trunkline.options=arrived";
  return postgres::conninfo(options.conninfo, session);
}

int known_schema_version() {
  int version = 0;
  const auto all = sql::migrations();
  if (!all.empty()) {
    const auto name = all.back().name;
    std::from_chars(name.data(), name.data() + name.size(), version);
  }
  return version;
}

void check_schema_version(session& db) {
  db.begin();
  std::int64_t version = 0, compatible_from = 0;
  std::string lacking;
  try {
    const auto row = db.run("schema_version");
    version = row.number(0, 0);
    compatible_from = row.number(0, 1);
    lacking = row.text(0, 2);
  } catch (...) {
    auto error = db.explain();
    if (error.sqlstate == undefined_table) error.kind = store_error_kind::schema;
    throw error;
  }
  db.commit();
  // A newer schema is accepted if its migrations declare it compatible with this program.
  const auto known = known_schema_version();
  if (version < known || compatible_from > known) {
    throw store_error{
        store_error_kind::schema, "",
        "the database is at schema version " + std::to_string(version) + ", this program needs " +
            std::to_string(known) + (version < known ? ": run trunkline migrate" : ": upgrade it")};
  }
  // A session without these settings could wait for a lock without limit.
  if (!lacking.empty()) {
    throw store_error{
        store_error_kind::schema, "",
        "the session lacks our settings (" + lacking +
            "): a pooler drops startup options; connect directly or set them for the role"};
  }
}

}  // namespace trunkline::store
