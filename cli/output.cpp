// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "common/text/printable.hpp"

namespace trunkline::cli {

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      widths[i] = std::max(widths[i], count_characters(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - count_characters(row[i]) + 2, ' ');
    }
    out.erase(out.find_last_not_of(' ') + 1);  // an empty last cell leaves only padding
    out += '\n';
  }
  return out;
}

int finish_output(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  if (::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0) return code;
  std::fputs("trunkline: cannot write to standard output\n", stderr);
  return code == 0 ? as_int(exit_code::failed) : code;
}

int report_error(std::string_view command, std::string_view message, exit_code code) {
  std::fflush(stdout);
  const auto text = printable(message);  // a server's message may quote any text
  std::fprintf(
      stderr, "trunkline %.*s: %s\n", static_cast<int>(command.size()), command.data(), text.c_str()
  );
  return as_int(code);
}

int report_error(std::string_view command, const database_failure& failure) {
  if (failure.missing_table())
    return report_error(
        command, "the database has no Trunkline tables; run 'trunkline migrate'", exit_code::failed
    );
  if (failure.sqlstate == "57014")
    return report_error(
        command, "query timed out; narrow it, for example with --received-after", exit_code::failed
    );
  return report_error(
      command, describe(failure), failure.unreachable ? exit_code::unknown : exit_code::failed
  );
}

// libpqxx does not report the SQLSTATE of every refused statement.
bool is_permission_denied(const database_failure& failure) {
  return failure.sqlstate == "42501" ||
         failure.message.find("permission denied") != std::string::npos;
}

int report_write_failure(const std::string& command, const database_failure& failure) {
  if (is_permission_denied(failure))
    return report_error(
        command,
        "this login may not write; use trunkline_worker or trunkline_owner (" + failure.message +
            ")",
        exit_code::failed
    );
  if (failure.sqlstate == "42703" || failure.missing_table())
    return report_error(
        command, "the schema is too old; run 'trunkline migrate'", exit_code::failed
    );
  return report_error(command, failure);
}

void exit_immediately(exit_code code) {
  _exit(finish_output(as_int(code)));
}

}  // namespace trunkline::cli
