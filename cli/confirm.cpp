// SPDX-License-Identifier: Apache-2.0
#include "cli/confirm.hpp"
#include "cli/output.hpp"

#include <cstdio>
#include <iostream>

namespace trunkline::cli {

bool confirmed(const std::string& question) {
  std::fprintf(stderr, "%s Type yes: ", question.c_str());
  std::string answer;
  if (std::getline(std::cin, answer)) return answer == "yes";
  std::fputs("\n", stderr);  // nobody ended the line: what follows is not for the question's
  return false;
}

}  // namespace trunkline::cli
