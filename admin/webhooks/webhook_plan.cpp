// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/webhook_plan.hpp"

#include <algorithm>

namespace trunkline::admin {
namespace {

using words = std::vector<std::string>;

bool has(const words& in, const std::string& word) {
  return std::find(in.begin(), in.end(), word) != in.end();
}

words as_set(words from) {
  std::sort(from.begin(), from.end());
  from.erase(std::unique(from.begin(), from.end()), from.end());
  return from;
}

// An empty list and "*" both mean all numbers.
words canonical(words resources) {
  if (has(resources, "*")) return {};
  return as_set(std::move(resources));
}

}  // namespace

bool same_deliveries(const openphone::webhook& webhook, const openphone::new_webhook& wanted) {
  return webhook.url == wanted.url && as_set(webhook.events) == as_set(wanted.events) &&
         canonical(webhook.resources) == canonical(wanted.resources);
}

openphone::new_webhook copy_of(const openphone::webhook& webhook) {
  return {webhook.url,    webhook.label,
          webhook.events, webhook.resources,
          webhook.user,   webhook.status == "disabled" ? webhook.status : std::string()};
}

std::vector<openphone::webhook> equivalent_webhooks(
    const openphone::webhook& webhook, const std::vector<openphone::webhook>& all
) {
  std::vector<openphone::webhook> out;
  for (const auto& other : all)
    if (other.id != webhook.id && other.api_generation == webhook.api_generation &&
        other.status == webhook.status && other.user == webhook.user &&
        same_deliveries(other, copy_of(webhook)))
      out.push_back(other);
  return out;
}

webhook_plan plan_webhooks(
    openphone::generation which, const std::vector<openphone::webhook>& existing,
    const openphone::new_webhook& wanted
) {
  webhook_plan out;
  words missing = wanted.events;
  for (const auto& webhook : existing) {
    const bool matches = webhook.url == wanted.url && webhook.api_generation == which &&
                         canonical(webhook.resources) == canonical(wanted.resources);
    const bool useful =
        std::any_of(webhook.events.begin(), webhook.events.end(), [&](const auto& event) {
          return has(wanted.events, event);
        });
    if (!matches || !useful) continue;
    (webhook.status == "disabled" ? out.disabled : out.existing).push_back(webhook);
    std::erase_if(missing, [&webhook](const std::string& event) {
      return has(webhook.events, event);
    });
  }
  if (which == openphone::generation::current) {
    if (!missing.empty())
      out.missing.push_back(
          {wanted.url, wanted.label, missing, wanted.resources, wanted.user, wanted.status}
      );
    return out;
  }
  for (const auto& kind : openphone::v1_kinds()) {
    words of_kind;
    for (const auto& event : kind.events)
      if (has(missing, event)) of_kind.push_back(event);
    if (!of_kind.empty())
      out.missing.push_back(
          {wanted.url, wanted.label, of_kind, wanted.resources, wanted.user, wanted.status}
      );
  }
  return out;
}

}  // namespace trunkline::admin
