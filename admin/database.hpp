// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/log/log.hpp"

// Postgres for the operator's verbs: text in, text out, failures as values. libpqxx stays in
// database.cpp.
namespace trunkline::admin {

struct database_failure {
  bool away = false;     // no connection, or it broke: nothing is known (exit 3); else the server
                         // refused the statement
  std::string sqlstate;  // five characters, or "" where the library hides it
  std::string message;   // first line of what the server or libpq said

  bool missing_table() const { return sqlstate == "42P01"; }
};

using database_row = std::vector<std::optional<std::string>>;  // nullopt: SQL null

struct database_answer {
  std::vector<database_row> rows;
  std::size_t affected = 0;  // rows inserted, updated or deleted
  std::optional<database_failure> failure;
  bool ok() const { return !failure; }
};

struct database_statement {
  std::string sql;  // without parameters it may hold several statements
  std::vector<std::string> parameters = {};
};

struct database_limits {
  // A connect_timeout of the user's own wins, and so does a list of hosts: libpq's limit then.
  std::chrono::milliseconds connect{1500};
  std::chrono::milliseconds lock{2000};
  std::chrono::milliseconds statement{10000};  // 0: none
  // Every transaction is begun READ ONLY, so that neither the URL's options nor a pooler that drops
  // ours can undo it.
  bool read_only = false;
};

// For verbs that only look: within two seconds there is an answer, or a reason why there is none.
inline constexpr database_limits quick_look{
    .connect = std::chrono::milliseconds(1500),
    .lock = std::chrono::milliseconds(500),
    .statement = std::chrono::milliseconds(1600)};

class database {
 public:
  // conninfo: as the user gave it, "" leaves all to libpq. Connects on first use, on a thread that
  // is left behind when it takes too long: the program ends by leave() (bounded.hpp). At debug
  // level the log tells every transaction, never its parameters.
  database(std::string conninfo, logger, database_limits = {});
  ~database();

  // One statement in a transaction of its own.
  database_answer query(std::string sql, std::vector<std::string> parameters = {});
  // All of them in one transaction; the answer of the last.
  database_answer transaction(const std::vector<database_statement>& statements);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

// "Postgres does not answer: ..." or "Postgres refused: ...".
std::string describe(const database_failure&);

}  // namespace trunkline::admin
