// SPDX-License-Identifier: Apache-2.0
#include "store/pg/session.hpp"

#include <sys/socket.h>

#include <atomic>
#include <bit>
#include <charconv>
#include <map>
#include <mutex>
#include <pqxx/pqxx>

#include "schema/sql.hpp"
#include "store/pg/copy_in.hpp"

namespace trunkline::store {

struct rows::impl {
  pqxx::result result;
  const pqxx::field at(std::size_t row, int column) const {
    return result[static_cast<pqxx::result::size_type>(row)]
                 [static_cast<pqxx::row::size_type>(column)];
  }
};

std::size_t rows::size() const {
  return static_cast<std::size_t>(content_->result.size());
}
bool rows::is_null(std::size_t row, int column) const {
  return content_->at(row, column).is_null();
}

std::string_view rows::text(std::size_t row, int column) const {
  const auto field = content_->at(row, column);
  return {field.c_str(), field.size()};
}

std::int64_t rows::number(std::size_t row, int column) const {
  const auto digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<std::int64_t> rows::optional_number(std::size_t row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return number(row, column);
}

std::optional<std::string> rows::optional_text(std::size_t row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return std::string(text(row, column));
}

namespace {

// A plan is kept until statistics change, and those that autovacuum took of an empty table say for
// a minute that it is: joins then read it whole, for each batch of a backlog that fills it. Plans
// are made anew after 1, 2, 4, ... transactions, later now and then: what one was made for has at
// most doubled, about, since.
constexpr std::uint64_t plans_live_at_most = 256;
bool plans_are_old(std::uint64_t transaction) {
  return transaction > 1 &&
         (std::has_single_bit(transaction) || transaction % plans_live_at_most == 0);
}

}  // namespace

struct session::impl {
  std::unique_ptr<pqxx::connection> connection;
  std::unique_ptr<pqxx::work> work;
  std::map<std::string, std::string, std::less<>> copies;  // COPY can't be prepared
  bool connecting = false;
  bool committing = false;
  std::uint64_t transactions = 0;  // of this connection
  std::atomic<std::chrono::steady_clock::rep> sent{0};
  std::mutex socket_guard;  // a descriptor must not be closed and reused while interrupt() uses it
  int socket = -1;

  void sends() { sent = std::chrono::steady_clock::now().time_since_epoch().count(); }

  void publish_socket(int value) {
    const std::lock_guard lock(socket_guard);
    socket = value;
  }
};

session::session() : impl_(std::make_unique<impl>()) {}
session::~session() {
  close();
}
bool session::is_open() const {
  return impl_->connection != nullptr;
}

void session::open(const std::string& conninfo, const statement_text& override_text) {
  impl_->connecting = true;
  impl_->connection = std::make_unique<pqxx::connection>(conninfo);
  impl_->connecting = false;
  impl_->transactions = 0;
  impl_->publish_socket(impl_->connection->sock());
  for (const auto& query : sql::queries()) {
    auto text = override_text ? override_text(query.name) : std::string();
    if (text.empty()) text = query.text;
    if (query.name.starts_with("copy_"))
      impl_->copies[std::string(query.name)] = text;
    else
      impl_->connection->prepare(std::string(query.name), text);
  }
}

void session::close() {
  // interrupt() must reach a ROLLBACK that hangs. A broken connection's socket is closed already,
  // and its number may be somebody else's.
  if (impl_->connection && !impl_->connection->is_open()) impl_->publish_socket(-1);
  roll_back();
  impl_->publish_socket(-1);
  impl_->connection.reset();
  impl_->connecting = impl_->committing = false;
}

void session::begin() {
  impl_->sends();
  impl_->work = std::make_unique<pqxx::work>(*impl_->connection);
  if (plans_are_old(++impl_->transactions)) impl_->work->exec0("discard plans");
}

rows session::run(const char* statement, const parameters& values) {
  impl_->sends();
  auto content = std::make_shared<rows::impl>();
  content->result =
      impl_->work->exec_prepared(statement, pqxx::prepare::make_dynamic_params(values));
  return rows(std::move(content));
}

rows session::run_binary(const char* statement, const parameters& values) {
  impl_->sends();
  auto content = std::make_shared<rows::impl>();
  const std::vector<pqxx::binarystring> bytes(values.begin(), values.end());
  content->result =
      impl_->work->exec_prepared(statement, pqxx::prepare::make_dynamic_params(bytes));
  return rows(std::move(content));
}

bool session::copy(const char* statement, std::string_view data) {
  impl_->sends();
  return copy_in(*impl_->work, impl_->copies.at(statement), data);
}

void session::commit() {
  impl_->sends();
  impl_->committing = true;
  impl_->work->commit();
  impl_->committing = false;
  impl_->work.reset();
}

void session::roll_back() noexcept {
  impl_->sends();
  try {
    impl_->work.reset();  // its destructor rolls back, and swallows what goes wrong there
  } catch (...) {
  }
}

std::chrono::steady_clock::time_point session::last_sent() const {
  return std::chrono::steady_clock::time_point(std::chrono::steady_clock::duration(impl_->sent));
}

void session::interrupt() {
  const std::lock_guard lock(impl_->socket_guard);
  if (impl_->socket >= 0) ::shutdown(impl_->socket, SHUT_RDWR);
}

namespace {

// The first line without its "ERROR:  ": DETAIL, HINT and CONTEXT quote row data and statements.
// What a trigger or function raised is somebody's own text, often with the row in it: then only
// where it was raised.
std::string primary_message(const char* what) {
  const std::string_view all(what), label = "\nCONTEXT:  ";
  // The last one: a row in DETAIL may hold any text.
  if (const auto found = all.rfind(label); found != std::string_view::npos) {
    const auto context = all.substr(found + label.size());
    const auto first = context.substr(0, context.find('\n'));
    if (first.ends_with(" at RAISE"))
      return "raised by " + std::string(first.substr(0, first.size() - 9));
  }
  std::string_view text = all.substr(0, all.find('\n'));
  for (const std::string_view severity : {"ERROR:  ", "FATAL:  ", "PANIC:  "}) {
    if (text.starts_with(severity)) text.remove_prefix(severity.size());
  }
  return std::string(text);
}

// Data errors quote the value they stumble on: 'invalid input syntax for type json: "..."',
// 'value "..." is out of range'. Errors of routines are in their author's words.
std::string safe_message(const std::string& sqlstate, const char* what) {
  auto message = primary_message(what);
  if (message.starts_with("raised by ")) return message;
  for (const char* of_routines : {"38", "39", "P0"})
    if (sqlstate.starts_with(of_routines)) return "raised by a routine";
  if (!sqlstate.starts_with("22")) return message;
  const auto open = message.find('"'), end = message.rfind('"');
  if (open != end) message.replace(open + 1, end - open - 1, "***");
  return message;
}

bool ends_the_connection(const std::string& sqlstate) {
  return sqlstate.empty() || sqlstate.starts_with("08") || sqlstate.starts_with("57P") ||
         sqlstate.starts_with("25P03") || sqlstate.starts_with("XX") || sqlstate.starts_with("58");
}

template <class Exception>
bool is(const pqxx::sql_error& error) {
  return dynamic_cast<const Exception*>(&error) != nullptr;
}

// libpqxx 6 forgets the code of errors that have a class of their own.
std::string sqlstate_of(const pqxx::sql_error& error) {
  if (!error.sqlstate().empty()) return error.sqlstate();
  if (is<pqxx::insufficient_privilege>(error)) return "42501";
  if (is<pqxx::undefined_table>(error)) return "42P01";
  if (is<pqxx::undefined_column>(error)) return "42703";
  if (is<pqxx::undefined_function>(error)) return "42883";
  if (is<pqxx::syntax_error>(error)) return "42601";
  if (is<pqxx::not_null_violation>(error)) return "23502";
  if (is<pqxx::foreign_key_violation>(error)) return "23503";
  if (is<pqxx::unique_violation>(error)) return "23505";
  if (is<pqxx::check_violation>(error)) return "23514";
  if (is<pqxx::integrity_constraint_violation>(error)) return "23000";
  if (is<pqxx::data_exception>(error)) return "22000";
  if (is<pqxx::disk_full>(error)) return "53100";
  if (is<pqxx::out_of_memory>(error)) return "53200";
  if (is<pqxx::insufficient_resources>(error)) return "53000";
  if (is<pqxx::feature_not_supported>(error)) return "0A000";
  return "";
}

store_error translate() {
  try {
    throw;
  } catch (const pqxx::in_doubt_error& error) {
    return {store_error_kind::in_doubt, "", primary_message(error.what())};
  } catch (const pqxx::broken_connection& error) {
    return {store_error_kind::lost, "", primary_message(error.what())};
  } catch (const pqxx::deadlock_detected& error) {
    return {store_error_kind::sql, "40P01", primary_message(error.what())};
  } catch (const pqxx::serialization_failure& error) {
    return {store_error_kind::sql, "40001", primary_message(error.what())};
  } catch (const pqxx::statement_completion_unknown& error) {
    return {store_error_kind::lost, "40003", primary_message(error.what())};
  } catch (const pqxx::transaction_rollback& error) {
    return {store_error_kind::sql, "40000", primary_message(error.what())};
  } catch (const pqxx::sql_error& error) {
    const auto sqlstate = sqlstate_of(error);
    return {store_error_kind::sql, sqlstate, safe_message(sqlstate, error.what())};
  } catch (const pqxx::failure& error) {
    return {store_error_kind::lost, "", primary_message(error.what())};
  } catch (const std::exception& error) {
    return {store_error_kind::sql, "", primary_message(error.what())};  // a bug of ours, or no memory
  }
}

}  // namespace

store_error session::explain() {
  const bool connecting = impl_->connecting, committing = impl_->committing;
  auto error = translate();
  const bool broken = error.kind != store_error_kind::sql || ends_the_connection(error.sqlstate);
  if (connecting) {
    error.kind = store_error_kind::away;
  } else if (broken && committing) {
    // The library tells "in doubt" only where it noticed that the socket is dead; it often doesn't.
    error.kind = store_error_kind::in_doubt;
  }
  if (broken || connecting) {
    close();
  } else {
    roll_back();
    impl_->committing = false;
  }
  return error;
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

}  // namespace trunkline::store
