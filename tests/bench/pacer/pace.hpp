// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace trunkline::bench {

struct plan {
  int port = 0, connections = 0;
  double rate = 0, seconds = 0;
  std::vector<std::string> requests;  // complete requests, sent in turn
};

// Reads requests, each as a line with the length, then the bytes.
std::vector<std::string> read_requests(const std::string& path);

// Executes the plan on 127.0.0.1. Returns the result as JSON. Throws if a connection is lost or the
// server does not catch up.
std::string run(const plan&);

}  // namespace trunkline::bench
