// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "openphone/shapes.hpp"

// Which webhooks have to be made for a URL: pure.
namespace trunkline::ctl {

// The same URL, events (in any order) and numbers.
bool same_work(const provider::webhook&, const provider::new_webhook&);

// What it takes to make another one like it, switched on or off as it is.
provider::new_webhook another(const provider::webhook&);

// Others in the list that do the same, on or off as it is: a twin that took over already.
std::vector<provider::webhook> twins_of(
    const provider::webhook&, const std::vector<provider::webhook>& all
);

struct hook_plan {
  std::vector<provider::new_webhook> missing;
  std::vector<provider::webhook> there;     // point to the URL and carry some of the events
  std::vector<provider::webhook> disabled;  // the same, but switched off
};
// An event is missing if no enabled webhook for the URL carries it; one that is only carried by a
// disabled webhook is not made again. wanted.resources is taken as it is: a webhook with another
// choice of numbers does not count as there.
hook_plan plan_hooks(
    provider::generation, const std::vector<provider::webhook>& existing,
    const provider::new_webhook& wanted
);

}  // namespace trunkline::ctl
