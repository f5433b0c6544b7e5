// SPDX-License-Identifier: Apache-2.0
#include "store/pg/schema_check.hpp"

#include <algorithm>

#include "common/postgres/postgres.hpp"

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
  // Every statement looks rows up by key, from the elements of arrays. One plan serves them all,
  // and it has to be that one from the first row on: planned over empty tables and kept for the
  // connection, scans and hash joins would read whole tables for each batch of a first import.
  // What is off is priced so high where nothing else is left that every plan looks worth compiling:
  // no JIT. lz4 packs long texts and transcripts in less time than pglz.
  // trunkline.options says that all this arrived (schema_version.sql).
  session.options =
      "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off "
      "-c enable_mergejoin=off -c jit=off -c default_toast_compression=lz4 -c "
      "trunkline.options=arrived";
  return postgres::conninfo(options.conninfo, session);
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
  // Newer is fine as long as its migrations say that programs of our age still work.
  const auto known = known_schema_version();
  if (version < known || compatible_from > known) {
    throw store_error{
        store_error_kind::schema, "",
        "the database is at schema version " + std::to_string(version) + ", this program needs " +
            std::to_string(known) + (version < known ? ": run trunkline migrate" : ": upgrade it")};
  }
  // Without its limits a session could wait for a lock for ever.
  if (!lacking.empty()) {
    throw store_error{
        store_error_kind::schema, "",
        "the session lacks our settings (" + lacking +
            "): a pooler drops startup options; connect directly or set them for the role"};
  }
}

}  // namespace trunkline::store
