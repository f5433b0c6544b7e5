// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace trunkline {

// The exit codes of all programs.
enum class exit_code : int {
  ok = 0,
  failed = 1,
  // A limit is exceeded.
  critical = 2,
  // A server is unreachable.
  unknown = 3,
  // Invalid command line (EX_USAGE).
  usage = 64,
  // Invalid configuration (EX_CONFIG).
  config = 78,
};

}  // namespace trunkline
