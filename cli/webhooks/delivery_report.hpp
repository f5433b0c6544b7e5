// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cli/output.hpp"
#include "admin/webhooks/delivery_log.hpp"
#include "admin/webhooks/places.hpp"

// What `trunkline webhooks deliveries` tells, and its two forms. Pure.
namespace trunkline::cli {

struct delivery_line {
  logged log;
  located here;
  bool asked_again = false;
};

struct delivery_report {
  std::vector<delivery_line> lines;  // all that were read
  std::size_t limit = 0;             // of those to list
  bool only_missing = false;         // list only what has no row and does not wait
  bool log_cut = false;              // the provider's log goes on
  bool whole_queue = true;           // false: Redis was not looked through to the end
  std::string redis_problem;         // why, if it was not for its length

  std::size_t count(place) const;
  std::size_t asked_again() const;
};

std::string as_text(const delivery_report&);
std::string as_json(const delivery_report&);

}  // namespace trunkline::cli
