// SPDX-License-Identifier: Apache-2.0
#include "store/pg/session.hpp"

#include <sys/socket.h>

#include <atomic>
#include <mutex>
#include <pqxx/pqxx>

#include "store/pg/copy_in.hpp"
#include "store/pg/error_translation.hpp"
#include "store/pg/plan_age.hpp"
#include "store/pg/prepared_statements.hpp"
#include "store/pg/rows_impl.hpp"

namespace trunkline::store {

struct session::impl {
  std::unique_ptr<pqxx::connection> connection;
  std::unique_ptr<pqxx::work> work;
  copy_statements copies;
  bool connecting = false;
  bool committing = false;
  std::uint64_t transactions = 0;
  std::atomic<std::chrono::steady_clock::rep> sent{0};
  // Prevents the descriptor from being closed and reused while interrupt() uses it.
  std::mutex socket_guard;
  int socket = -1;

  void note_sent() { sent = std::chrono::steady_clock::now().time_since_epoch().count(); }

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

void session::open(
    const std::string& conninfo,
    const std::function<std::string(std::string_view name)>& override_text
) {
  impl_->connecting = true;
  impl_->connection = std::make_unique<pqxx::connection>(conninfo);
  impl_->connecting = false;
  impl_->transactions = 0;
  impl_->publish_socket(impl_->connection->sock());
  impl_->copies = declare_statements(*impl_->connection, override_text);
}

void session::close() {
  // The socket stays published during ROLLBACK, which may hang. That of a broken connection is
  // closed already, and its number may be in use for another file.
  if (impl_->connection && !impl_->connection->is_open()) impl_->publish_socket(-1);
  roll_back();
  impl_->publish_socket(-1);
  impl_->connection.reset();
  impl_->connecting = impl_->committing = false;
}

void session::begin() {
  impl_->note_sent();
  impl_->work = std::make_unique<pqxx::work>(*impl_->connection);
  if (plans_are_old(++impl_->transactions)) impl_->work->exec0("discard plans");
}

rows session::run(const char* statement, const parameters& values) {
  impl_->note_sent();
  auto content = std::make_shared<rows::impl>();
  content->result =
      impl_->work->exec_prepared(statement, pqxx::prepare::make_dynamic_params(values));
  return rows(std::move(content));
}

rows session::run_binary(const char* statement, const parameters& values) {
  impl_->note_sent();
  auto content = std::make_shared<rows::impl>();
  const std::vector<pqxx::binarystring> bytes(values.begin(), values.end());
  content->result =
      impl_->work->exec_prepared(statement, pqxx::prepare::make_dynamic_params(bytes));
  return rows(std::move(content));
}

bool session::copy(const char* statement, std::string_view data) {
  impl_->note_sent();
  return copy_in(*impl_->work, impl_->copies.at(statement), data);
}

void session::commit() {
  impl_->note_sent();
  impl_->committing = true;
  impl_->work->commit();
  impl_->committing = false;
  impl_->work.reset();
}

void session::roll_back() noexcept {
  impl_->note_sent();
  try {
    impl_->work.reset();  // the destructor rolls back and ignores errors
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

store_error session::explain() {
  const bool connecting = impl_->connecting, committing = impl_->committing;
  auto error = translate_exception();
  const bool broken = error.kind != store_error_kind::sql || ends_the_connection(error.sqlstate);
  if (connecting) {
    error.kind = store_error_kind::unreachable;
  } else if (broken && committing) {
    // libpqxx reports an error in doubt only if it notices that the socket is dead, which it often
    // does not.
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

}  // namespace trunkline::store
