// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/events/event_store.hpp"

// One connection and one transaction at a time; what libpqxx is to the rest of the store. Errors
// are pqxx's exceptions and are turned into values at the store's border, by explain().
namespace trunkline::store {

// Rows of a statement. Views live as long as the object.
class rows {
 public:
  struct impl;
  explicit rows(std::shared_ptr<const impl> content) : content_(std::move(content)) {}
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  bool is_null(std::size_t row, int column) const;
  std::string_view text(std::size_t row, int column) const;  // "" where null
  std::int64_t number(std::size_t row, int column) const;
  std::optional<std::int64_t> optional_number(std::size_t row, int column) const;
  std::optional<std::string> optional_text(std::size_t row, int column) const;

 private:
  std::shared_ptr<const impl> content_;
};

using parameters = std::vector<std::string>;
// The text of a statement by name. Empty: there is none.
using statement_text = std::function<std::string(std::string_view name)>;

class session {
 public:
  session();
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  bool is_open() const;
  // Connects and declares all statements. conninfo is complete: libpq gets it as it is.
  void open(const std::string& conninfo, const statement_text& override_text);
  void close();

  void begin();
  // A named statement of schema/queries/, prepared at its first use.
  rows run(const char* statement, const parameters& values = {});
  // The same with all values in binary form (binary_rows.hpp).
  rows run_binary(const char* statement, const parameters& values);
  // COPY ... FROM STDIN (copy_data.hpp), a statement whose name begins with "copy_". False: a
  // unique key is there already, and only roll_back() can follow.
  bool copy(const char* statement, std::string_view data);
  void commit();
  void roll_back() noexcept;  // nothing happens without a transaction

  // When the last statement was sent, by the steady clock. A call of many statements over a long
  // line is slow and yet does not hang. Any thread.
  std::chrono::steady_clock::time_point last_sent() const;

  // From another thread: ends whatever waits on the socket now.
  void interrupt();

  // The error in flight; call it inside a catch block. Closes the connection where it is no longer
  // to be trusted.
  store_error explain();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

// The number of the newest migration this program was built with.
int known_schema_version();

}  // namespace trunkline::store
