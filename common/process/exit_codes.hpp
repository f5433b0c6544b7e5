// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace trunkline {

// What every program of this repository answers to its caller.
enum class exit_code : int {
  ok = 0,       // yes, or done
  failed = 1,   // no, or failed
  critical = 2,    // past a limit, danger
  unknown = 3,  // a server is away: not known
  usage = 64,   // wrong usage (EX_USAGE)
  config = 78,  // configuration refused (EX_CONFIG)
};

}  // namespace trunkline
