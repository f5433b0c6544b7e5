// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/log/log.hpp"

// Access to PostgreSQL for operators: text in, text out, failures as values. Only database.cpp
// includes libpqxx.
namespace trunkline::admin {

struct database_failure {
  bool unreachable = false;  // no connection, or it was lost; else the statement failed
  std::string sqlstate;      // "" where libpqxx does not report it
  std::string message;       // first line of the message of the server or libpq

  bool missing_table() const { return sqlstate == "42P01"; }
};

using database_row = std::vector<std::optional<std::string>>;  // nullopt: SQL null

struct query_result {
  std::vector<database_row> rows;
  std::size_t affected = 0;  // rows inserted, updated or deleted
  std::optional<database_failure> failure;
  std::vector<std::string> columns = {};  // names
  bool ok() const { return !failure; }
};

struct database_statement {
  std::string sql;  // several statements, separated by semicolons, if there are no parameters
  std::vector<std::string> parameters = {};
};

struct database_limits {
  // Not applied if the user sets connect_timeout or a list of hosts; libpq's own limit applies.
  std::chrono::milliseconds connect{1500};
  std::chrono::milliseconds lock{2000};
  std::chrono::milliseconds statement{10000};  // 0: none
  // Begins every transaction READ ONLY. Options in the URL, or a pooler that drops startup options,
  // cannot undo it.
  bool read_only = false;
};

// Limits for commands that only read: they return a result or a failure within two seconds.
inline constexpr database_limits quick_look{
    .connect = std::chrono::milliseconds(1500),
    .lock = std::chrono::milliseconds(500),
    .statement = std::chrono::milliseconds(1600)};

class database {
 public:
  // An empty conninfo leaves everything to libpq. The first statement connects, on a thread that is
  // abandoned if it takes too long (deadline_task.hpp). Each transaction is logged at debug level,
  // without its parameters.
  database(const std::string& conninfo, logger, database_limits = {});
  ~database();

  // Runs one statement in its own transaction.
  query_result query(std::string_view sql, std::vector<std::string> parameters = {});
  // Runs all statements in one transaction. Returns the result of the last one.
  query_result transaction(const std::vector<database_statement>& statements);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

// Returns the failure as a sentence: "PostgreSQL is unreachable: ..." or "PostgreSQL reported an
// error: ...".
std::string describe(const database_failure&);

}  // namespace trunkline::admin
