// SPDX-License-Identifier: Apache-2.0
#include <sys/prctl.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/bench/pacer/pace.hpp"

// bench-pacer PORT CONNECTIONS RATE SECONDS REQUESTS
//
// Generates open-loop load. Request i is due at start + i / RATE, whether or not earlier responses
// have arrived, and its latency counts from that time. A stall of the server therefore counts for
// every request that it delays. The first second is not counted. Prints one line of JSON.
int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: bench-pacer PORT CONNECTIONS RATE SECONDS REQUESTS\n";
    return 64;
  }
  ::prctl(PR_SET_TIMERSLACK, 1);
  try {
    const trunkline::bench::plan plan{
        std::atoi(argv[1]), std::atoi(argv[2]), std::atof(argv[3]), std::atof(argv[4]),
        trunkline::bench::read_requests(argv[5])};
    std::cout << trunkline::bench::run(plan) << std::endl;
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench-pacer: " << error.what() << '\n';
    return 1;
  }
}
