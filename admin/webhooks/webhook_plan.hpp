// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "openphone/models.hpp"

// Compares the webhooks at the provider with the wanted ones. Pure functions.
namespace trunkline::admin {

// Returns true if both have the same URL, events (in any order) and own numbers.
bool same_deliveries(const openphone::webhook&, const openphone::new_webhook&);

// Returns the request for an equal webhook, enabled or disabled like the original.
openphone::new_webhook copy_of(const openphone::webhook&);

// Returns the other webhooks of the list that are equal in URL, events, own numbers and status.
std::vector<openphone::webhook> equivalent_webhooks(
    const openphone::webhook&, const std::vector<openphone::webhook>& all
);

struct webhook_plan {
  std::vector<openphone::new_webhook> missing;
  // Deliver some of the events to the URL.
  std::vector<openphone::webhook> existing;
  // The same, but disabled.
  std::vector<openphone::webhook> disabled;
};
// An event is missing if no webhook for the URL delivers it; a disabled webhook counts, so that it
// is not duplicated. A webhook for other own numbers than wanted.resources does not count.
webhook_plan plan_webhooks(
    openphone::generation, const std::vector<openphone::webhook>& existing,
    const openphone::new_webhook& wanted
);

}  // namespace trunkline::admin
