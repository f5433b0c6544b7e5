// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/cli/config.hpp"

// What the three programs say of themselves: the tables behind their --help.
namespace trunkline::manual {

config::described_program gateway_program();
config::described_program worker_program();
config::described_program operator_program();

}  // namespace trunkline::manual
