// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/process/common_options.hpp"

// Serves metrics of the whole queue for Prometheus, and its backlog for an autoscaler.
namespace trunkline::exporter {

struct settings {
  config::common_options common;
  std::string listen = "127.0.0.1:5010";
};

// Serves until SIGTERM or SIGINT. Throws std::runtime_error if it cannot listen. Readers of a
// server that hangs may still run when it returns: end the program without running destructors.
void run(const settings&);

}  // namespace trunkline::exporter
