// SPDX-License-Identifier: Apache-2.0
#include "cli/confirm.hpp"

#include <cstdio>
#include <iostream>

namespace trunkline::cli {

bool confirmed(const std::string& question) {
  std::fprintf(stderr, "%s Type yes: ", question.c_str());
  std::string reply;
  if (std::getline(std::cin, reply)) return reply == "yes";
  std::fputs("\n", stderr);  // standard input ended without a line
  return false;
}

}  // namespace trunkline::cli
