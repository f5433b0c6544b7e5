// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "openphone/shapes.hpp"

// Which webhooks have to be made for a URL: pure.
namespace trunkline::admin {

// The same URL, events (in any order) and numbers.
bool same_work(const openphone::webhook&, const openphone::new_webhook&);

// What it takes to make another one like it, switched on or off as it is.
openphone::new_webhook another(const openphone::webhook&);

// Others in the list that do the same, on or off as it is: a twin that took over already.
std::vector<openphone::webhook> twins_of(
    const openphone::webhook&, const std::vector<openphone::webhook>& all
);

struct hook_plan {
  std::vector<openphone::new_webhook> missing;
  std::vector<openphone::webhook> there;     // point to the URL and carry some of the events
  std::vector<openphone::webhook> disabled;  // the same, but switched off
};
// An event is missing if no enabled webhook for the URL carries it; one that is only carried by a
// disabled webhook is not made again. wanted.resources is taken as it is: a webhook with another
// choice of numbers does not count as there.
hook_plan plan_hooks(
    openphone::generation, const std::vector<openphone::webhook>& existing,
    const openphone::new_webhook& wanted
);

}  // namespace trunkline::admin
