// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "common/base/config.hpp"
#include "ctl/dead/dead_letters.hpp"

// What the verbs of `trunkline dead` share.
namespace trunkline::ctl {

struct dead_filter_options {
  std::string type, error, sqlstate, since, older_than;

  void declare(config::option_set&);
  dead_filter filter(int limit) const;
  bool any() const {
    return !(
        type.empty() && error.empty() && sqlstate.empty() && since.empty() && older_than.empty()
    );
  }
  // "--type x --error y", for people and for the record.
  std::string describe() const;
};

// The dead letters that a verb is to change: by ids, or all of a filter.
struct dead_selection {
  std::vector<std::int64_t> ids;
  std::vector<std::string> left_alone;  // "4711: it is processed, not dead"
  bool more = false;
  std::optional<database_failure> failure;
};
dead_selection
select_dead(database&, const std::vector<std::string>& ids, const dead_filter_options&);

}  // namespace trunkline::ctl
