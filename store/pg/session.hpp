// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/pg/rows.hpp"
#include "store/pg/store_error.hpp"

namespace trunkline::store {

using parameters = std::vector<std::string>;

// A connection with at most one transaction. Functions throw the exceptions of libpqxx; the callers
// of the store get values from explain().
class session {
 public:
  session();
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  bool is_open() const;

  // Connects and declares all statements. conninfo is passed to libpq as it is. override_text
  // returns another text for a named statement, or "" to keep it.
  void open(
      const std::string& conninfo,
      const std::function<std::string(std::string_view name)>& override_text
  );
  void close();

  void begin();

  // Executes a statement of schema/queries/ by name.
  rows run(const char* statement, const parameters& values = {});

  // Does the same with all values in binary form (binary_rows.hpp).
  rows run_binary(const char* statement, const parameters& values);

  // Executes a COPY ... FROM STDIN with its data (copy_data.hpp). Returns false if a unique key
  // exists already; then only roll_back() may follow.
  bool copy(const char* statement, std::string_view data);
  void commit();

  // Does nothing without a transaction.
  void roll_back() noexcept;

  // Returns when the last statement was sent, by the steady clock: a call with many statements over
  // a slow line does not hang. May be called by any thread.
  std::chrono::steady_clock::time_point last_sent() const;

  // Shuts down the socket, which ends every call that waits for it. Called by another thread.
  void interrupt();

  // Returns the exception in flight as an error. Call it inside a catch block. Rolls back, or
  // closes the connection if it cannot be used any more.
  store_error explain();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::store
