// SPDX-License-Identifier: Apache-2.0
#include "admin/database.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <pqxx/pqxx>

#include "admin/deadline_task.hpp"
#include "common/postgres/postgres.hpp"
#include "common/text/printable.hpp"
#include "common/text/units.hpp"

namespace trunkline::admin {
namespace {

std::string first_line(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \n");
  if (start == std::string_view::npos) return "no reason given";
  text.remove_prefix(start);
  return std::string(text.substr(0, text.find('\n')));
}

// Returns the message of the error. If a connection is lost during a statement, libpqxx 6 reports
// only the operation that failed next.
std::string_view message_of(const pqxx::broken_connection& error) {
  const std::string_view message = error.what();
  const bool misleading = message.find("client encoding") != std::string_view::npos;
  return misleading ? "the connection was lost" : message;
}

query_result failed(bool unreachable, std::string sqlstate, std::string_view message) {
  query_result result;
  result.failure = database_failure{unreachable, std::move(sqlstate), first_line(message)};
  return result;
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

// Returns whether this program may limit the time of a connect. It may not if the user set a limit,
// possibly in a service file, or gave several hosts, which libpq tries in turn.
bool may_limit_connect(const std::string& conninfo) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> all(
      PQconninfoParse(conninfo.c_str(), nullptr), &PQconninfoFree
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
    connection established;
    std::exception_ptr failure;
  };
  // libpq's own timeout counts whole seconds, with a minimum of two.
  deadline_task<outcome> connecting([conninfo]() -> outcome {
    try {
      return {std::make_unique<pqxx::connection>(conninfo), nullptr};
    } catch (...) {
      return {nullptr, std::current_exception()};
    }
  });
  auto done = connecting.wait_until(std::chrono::steady_clock::now() + limit);
  if (!done) throw pqxx::broken_connection("no response within " + format_duration(limit));
  if (done->failure) std::rethrow_exception(done->failure);
  return std::move(done->established);
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

  query_result run(const std::vector<database_statement>& statements) {
    if (!connection)
      connection = connect_limit ? connect_within(conninfo, *connect_limit)
                                 : std::make_unique<pqxx::connection>(conninfo);
    const auto last =
        read_only ? execute<pqxx::read_transaction>(statements) : execute<pqxx::work>(statements);
    query_result result;
    result.affected = last.affected_rows();
    for (pqxx::row::size_type i = 0; i < last.columns(); ++i)
      result.columns.emplace_back(last.column_name(i));
    for (const auto& row : last) result.rows.push_back(read_row(row));
    return result;
  }

  query_result attempt(const std::vector<database_statement>& statements) {
    // A connection that failed is never used again: libpqxx 6 would reconnect silently, without
    // the advisory lock.
    try {
      return run(statements);
    } catch (const pqxx::broken_connection& error) {
      connection.reset();
      return failed(true, "", message_of(error));
    } catch (const pqxx::in_doubt_error& error) {
      connection.reset();
      return failed(true, "", error.what());
    } catch (const pqxx::sql_error& error) {
      // The server closes the connection after these errors, such as a shutdown.
      const std::string& state = error.sqlstate();
      const bool ended = state.starts_with("57P0") || state.starts_with("08");
      if (ended) connection.reset();
      return failed(ended, state, error.what());
    } catch (const std::exception& error) {
      return failed(false, "", error.what());
    }
  }
};

database::database(const std::string& conninfo, logger log, database_limits limits)
    : impl_(new impl{{}, std::move(log), limits.read_only}) {
  if (may_limit_connect(conninfo)) impl_->connect_limit = limits.connect;
  postgres::session session;
  session.application_name = "trunkline";
  session.connect_timeout = limits.connect;
  session.lock_timeout = limits.lock;
  session.statement_timeout = limits.statement;
  session.options = "-c jit=off";  // compiling takes longer than it saves
  if (limits.read_only) session.options += " -c default_transaction_read_only=on";
  impl_->conninfo = postgres::conninfo(conninfo, session);
}

database::~database() = default;

query_result database::query(std::string_view sql, std::vector<std::string> parameters) {
  return transaction({{std::string(sql), std::move(parameters)}});
}

query_result database::transaction(const std::vector<database_statement>& statements) {
  const auto start = std::chrono::steady_clock::now();
  query_result result = impl_->attempt(statements);
  if (impl_->log.debug_enabled())
    impl_->log.debug(
        result.ok() ? "transaction done" : "transaction failed",
        {{"first", shorten(first_line(statements.front().sql), 60)},
         {"statements", statements.size()},
         {"rows", result.rows.size()},
         {"affected", result.affected},
         {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::steady_clock::now() - start
                )
                    .count()}}
    );
  return result;
}

std::string describe(const database_failure& failure) {
  return (failure.unreachable ? "PostgreSQL is unreachable: " : "PostgreSQL reported an error: ") +
         failure.message;
}

}  // namespace trunkline::admin
