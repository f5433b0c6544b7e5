// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/system/result.hpp>
#include <string>

namespace trunkline::store {

enum class store_error_kind {
  // The server returned an error with an SQLSTATE.
  sql,
  // The connection broke before COMMIT was sent: nothing was changed.
  lost,
  // The connection broke during COMMIT: the outcome is unknown.
  in_doubt,
  // No connection could be made.
  unreachable,
  // Migrations are missing, or the schema is newer than this program supports.
  schema,
};

// An error as the connection reports it. worker/batch/failure_cause.hpp decides on its cause.
struct store_error {
  store_error_kind kind = store_error_kind::sql;
  // Five characters, or "" if the library does not report it.
  std::string sqlstate;
  // Human-readable; also stored in the event row. Contains no row data.
  std::string message;
};

template <class T>
using result = boost::system::result<T, store_error>;
[[noreturn]] void throw_exception_from_error(const store_error&, const boost::source_location&);

}  // namespace trunkline::store
