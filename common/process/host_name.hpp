// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <unistd.h>

#include <string>

namespace trunkline {

inline std::string host_name() {
  // The default stays if the name cannot be read.
  char name[256] = "host";
  ::gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace trunkline
