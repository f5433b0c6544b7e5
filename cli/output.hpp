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

// Output of commands: aligned text, errors and exit codes.
namespace trunkline::cli {

using namespace admin;  // commands are a front end of admin

// Formats rows as aligned columns. The last cell of a row is not padded. Every line ends in \n.
std::string table(const std::vector<std::vector<std::string>>& rows);

// Prints "trunkline COMMAND: message" on stderr. Returns the code as int.
int report_error(std::string_view command, std::string_view message, exit_code code);
// Flushes standard output at the end of the program. Returns the code, or 1 instead of 0 if the
// output could not be written (a full disk). A reader that closed the pipe (head) is not a failure.
int finish_output(int code);
inline int as_int(exit_code code) {
  return static_cast<int>(code);
}

// Reports the failure on stderr. Returns exit code 3 if PostgreSQL is unreachable, else 1.
int report_error(std::string_view command, const database_failure&);
// Reports a failed write. If the privilege is missing, names the logins that have it.
int report_write_failure(const std::string& command, const database_failure&);

// Returns whether the login lacks a privilege.
bool is_permission_denied(const database_failure&);

// Ends the program without running destructors: a detached thread may still be blocked in a
// connect (admin/deadline_task.hpp). The exit code is 1 if the output could not be written.
[[noreturn]] void exit_immediately(exit_code code);

}  // namespace trunkline::cli
