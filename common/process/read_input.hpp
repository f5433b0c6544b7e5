// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace trunkline {

struct input {
  std::string bytes;
  // "cannot read FILE: No such file or directory", or empty on success.
  std::string problem;
};
// Reads a whole file, or standard input for "-", up to 64 MiB.
input read_input(const std::string& path);

}  // namespace trunkline
