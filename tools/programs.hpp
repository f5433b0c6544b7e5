// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/cli/config.hpp"

// The descriptions of the three programs: the tables that --help prints.
namespace trunkline::manual {

config::described_program gateway_program();
config::described_program worker_program();
config::described_program operator_program();

}  // namespace trunkline::manual
