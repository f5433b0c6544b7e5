// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/base/config.hpp"
#include "ctl/dead/dead_letters.hpp"

// What the three verbs of `trunkline dead` share.
namespace trunkline::ctl {

struct dead_filter_options {
  std::string type, error, since;

  void declare(config::option_set&);
  dead_filter filter(int limit) const;
  bool any() const { return !type.empty() || !error.empty() || !since.empty(); }
};

// The failure as a line on stderr; returns exit code 3 if Postgres is away, else 1.
int complain(const std::string& verb, const database_failure&);

}  // namespace trunkline::ctl
