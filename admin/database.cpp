// SPDX-License-Identifier: Apache-2.0
#include "admin/database.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <pqxx/pqxx>

#include "common/text/units.hpp"
#include "common/postgres/postgres.hpp"
#include "admin/bounded.hpp"
#include "common/text/printable.hpp"

namespace trunkline::admin {
namespace {

std::string first_line(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \n");
  if (start == std::string_view::npos) return "no reason given";
  text.remove_prefix(start);
  return std::string(text.substr(0, text.find('\n')));
}

// Of a connection that ends under a statement libpqxx 6 says only what it could not do next.
std::string_view words_of(const pqxx::broken_connection& error) {
  const std::string_view said = error.what();
  const bool in_the_middle = said.find("client encoding") != std::string_view::npos;
  return in_the_middle ? "the connection was lost" : said;
}

database_answer failed(bool away, std::string sqlstate, std::string_view message) {
  database_answer answer;
  answer.failure = database_failure{away, std::move(sqlstate), first_line(message)};
  return answer;
}

database_row read_row(const pqxx::row& source) {
  database_row row;
  row.reserve(source.size());
  for (const auto& field : source) {
    if (field.is_null())
      row.emplace_back();
    else
      row.emplace_back(std::string(field.c_str(), field.size()));
  }
  return row;
}

// May a clock of ours cut a connect short? Not where the user set a limit himself, or may have in a
// service file, and not with several hosts, each of which has its turn.
bool ours_to_limit(const std::string& users_conninfo) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> all(
      PQconninfoParse(users_conninfo.c_str(), nullptr), &PQconninfoFree
  );
  for (const auto* each = all.get(); each && each->keyword; ++each) {
    const char* value = each->val ? each->val : each->envvar ? std::getenv(each->envvar) : nullptr;
    if (!value || !*value) continue;
    const std::string_view key = each->keyword;
    if (key == "connect_timeout" || key == "service") return false;
    const bool several = std::string_view(value).find(',') != std::string_view::npos;
    if ((key == "host" || key == "hostaddr") && several) return false;
  }
  return true;
}

using connection = std::unique_ptr<pqxx::connection>;

connection connect_within(const std::string& conninfo, std::chrono::milliseconds limit) {
  struct outcome {
    connection made;
    std::exception_ptr failure;
  };
  // On a thread of its own, since libpq counts whole seconds, and two at the least.
  bounded<outcome> at_work([conninfo]() -> outcome {
    try {
      return {std::make_unique<pqxx::connection>(conninfo), nullptr};
    } catch (...) {
      return {nullptr, std::current_exception()};
    }
  });
  auto done = at_work.take_until(std::chrono::steady_clock::now() + limit);
  if (!done) throw pqxx::broken_connection("silence for " + format_duration(limit));
  if (done->failure) std::rethrow_exception(done->failure);
  return std::move(done->made);
}

}  // namespace

struct database::impl {
  std::string conninfo;
  logger log;
  bool read_only = false;
  std::optional<std::chrono::milliseconds> connect_limit = std::nullopt;
  std::unique_ptr<pqxx::connection> connection = nullptr;

  template <class Transaction>
  pqxx::result execute(const std::vector<database_statement>& statements) {
    Transaction work(*connection);
    pqxx::result last;
    for (const auto& [sql, parameters] : statements)
      last = parameters.empty()
                 ? work.exec(sql)
                 : work.exec_params(sql, pqxx::prepare::make_dynamic_params(parameters));
    work.commit();
    return last;
  }

  database_answer run(const std::vector<database_statement>& statements) {
    if (!connection)
      connection = connect_limit ? connect_within(conninfo, *connect_limit)
                                 : std::make_unique<pqxx::connection>(conninfo);
    const auto last =
        read_only ? execute<pqxx::read_transaction>(statements) : execute<pqxx::work>(statements);
    database_answer answer;
    answer.affected = last.affected_rows();
    for (const auto& row : last) answer.rows.push_back(read_row(row));
    return answer;
  }

  database_answer attempt(const std::vector<database_statement>& statements) {
    // A connection that failed once is never used again: libpqxx 6 would reconnect without a word,
    // and without our advisory lock.
    try {
      return run(statements);
    } catch (const pqxx::broken_connection& error) {
      connection.reset();
      return failed(true, "", words_of(error));
    } catch (const pqxx::in_doubt_error& error) {
      connection.reset();
      return failed(true, "", error.what());
    } catch (const pqxx::sql_error& error) {
      // The server's last words before it closes the connection: a shutdown, a terminated session.
      const std::string state = error.sqlstate();
      const bool ended = state.starts_with("57P0") || state.starts_with("08");
      if (ended) connection.reset();
      return failed(ended, state, error.what());
    } catch (const std::exception& error) {
      return failed(false, "", error.what());
    }
  }
};

database::database(std::string conninfo, logger log, database_limits limits)
    : impl_(new impl{{}, std::move(log), limits.read_only}) {
  if (ours_to_limit(conninfo)) impl_->connect_limit = limits.connect;
  postgres::session session;
  session.application_name = "trunkline";
  session.connect_timeout = limits.connect;
  session.lock_timeout = limits.lock;
  session.statement_timeout = limits.statement;
  session.options = "-c jit=off";  // compiling takes longer than what it would save here
  if (limits.read_only) session.options += " -c default_transaction_read_only=on";
  impl_->conninfo = postgres::conninfo(conninfo, session);
}

database::~database() = default;

database_answer database::query(std::string sql, std::vector<std::string> parameters) {
  return transaction({{std::move(sql), std::move(parameters)}});
}

database_answer database::transaction(const std::vector<database_statement>& statements) {
  const auto start = std::chrono::steady_clock::now();
  database_answer answer = impl_->attempt(statements);
  if (impl_->log.debug_enabled())
    impl_->log.debug(
        answer.ok() ? "transaction done" : "transaction failed",
        {{"first", shorten(first_line(statements.front().sql), 60)},
         {"statements", statements.size()},
         {"rows", answer.rows.size()},
         {"affected", answer.affected},
         {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::steady_clock::now() - start
                )
                    .count()}}
    );
  return answer;
}

std::string describe(const database_failure& failure) {
  return (failure.away ? "Postgres does not answer: " : "Postgres refused: ") + failure.message;
}

}  // namespace trunkline::admin
