// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace trunkline {

struct input {
  std::string bytes;
  std::string problem;  // "cannot read FILE: No such file or directory"; empty when read
};
// A whole file, or standard input for "-"; at most 64 MiB.
input read_input(const std::string& path);

}  // namespace trunkline
