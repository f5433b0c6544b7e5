// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/database.hpp"
#include "common/json/json_object.hpp"
#include "common/process/exit_codes.hpp"
#include "common/text/printable.hpp"

// What verbs print: JSON for machines, aligned text for people.
namespace trunkline::cli {

using namespace admin;  // commands are a front end of what operators can do

// Rows as columns. The last cell of a row may be longer than its column and is not padded. Lines
// end in \n.
std::string table(const std::vector<std::vector<std::string>>& rows);

// Prints "trunkline VERB: message" on stderr; returns the code as int.
int report_error(std::string_view command, std::string_view message, exit_code code);
// The last of a program: an answer that could not be written (a full disk) is no success. A reader
// that had enough (head) is none of our trouble.
int finish_output(int code);
inline int as_int(exit_code code) {
  return static_cast<int>(code);
}

// Reports the failure on stderr. Returns exit code 3 if PostgreSQL is unreachable, else 1.
int report_error(std::string_view command, const database_failure&);
// Reports a failed write; names the login that has the right.
int report_write_failure(const std::string& command, const database_failure&);

// Ends the program without running destructors: a detached thread may still be blocked in a
// connect (admin/deadline_task.hpp). The exit code is 1 if the output could not be written.
[[noreturn]] void exit_immediately(exit_code code);

}  // namespace trunkline::cli
