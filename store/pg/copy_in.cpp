// SPDX-License-Identifier: Apache-2.0
#include "store/pg/copy_in.hpp"

#include <libpq-fe.h>

#include <memory>
#include <pqxx/pqxx>

namespace trunkline::store {
namespace {

// The buffer of libpq grows to the size of one call.
constexpr std::size_t piece = 65536;

// Gives access to the connection of libpq, which libpqxx exposes only here.
struct connection_of : pqxx::largeobject {
  using pqxx::largeobject::raw_connection;
};

using pg_result = std::unique_ptr<PGresult, decltype(&PQclear)>;

pg_result next_result(PGconn* connection) {
  return {PQgetResult(connection), &PQclear};
}

[[noreturn]] void fail(PGconn* connection, const PGresult* why, const std::string& statement) {
  const char* sqlstate = PQresultErrorField(why, PG_DIAG_SQLSTATE);
  if (PQstatus(connection) == CONNECTION_BAD || sqlstate == nullptr)
    throw pqxx::broken_connection(PQerrorMessage(connection));
  throw pqxx::sql_error(PQresultErrorMessage(why), statement, sqlstate);
}

// Errors of the server are in the result that follows.
void send(PGconn* connection, std::string_view data) {
  int sent = 1;
  while (sent == 1 && !data.empty()) {
    const auto part = data.substr(0, piece);
    sent = PQputCopyData(connection, part.data(), static_cast<int>(part.size()));
    data.remove_prefix(part.size());
  }
  if (sent != 1 || PQputCopyEnd(connection, nullptr) != 1)
    throw pqxx::broken_connection(PQerrorMessage(connection));
}

bool is_unique_violation(const PGresult* result) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return sqlstate != nullptr && std::string_view(sqlstate) == "23505";
}

}  // namespace

bool copy_in(
    const pqxx::dbtransaction& transaction, const std::string& statement, std::string_view data
) {
  PGconn* const connection = connection_of::raw_connection(transaction);
  const pg_result begun(PQexec(connection, statement.c_str()), &PQclear);
  if (PQresultStatus(begun.get()) != PGRES_COPY_IN) fail(connection, begun.get(), statement);
  send(connection, data);
  const auto done = next_result(connection);
  // The connection is usable again after the null that ends the results.
  while (next_result(connection)) {
  }
  if (PQresultStatus(done.get()) == PGRES_COMMAND_OK) return true;
  if (is_unique_violation(done.get())) return false;
  fail(connection, done.get(), statement);
}

}  // namespace trunkline::store
