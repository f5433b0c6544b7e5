// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/plan.hpp"

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

// None, and "*", both mean all numbers.
words canonical(words resources) {
  if (has(resources, "*")) return {};
  return as_set(std::move(resources));
}

}  // namespace

bool same_work(const openphone::webhook& hook, const openphone::new_webhook& wanted) {
  return hook.url == wanted.url && as_set(hook.events) == as_set(wanted.events) &&
         canonical(hook.resources) == canonical(wanted.resources);
}

openphone::new_webhook another(const openphone::webhook& hook) {
  return {hook.url,       hook.label, hook.events,
          hook.resources, hook.user,  hook.status == "disabled" ? hook.status : std::string()};
}

std::vector<openphone::webhook> twins_of(
    const openphone::webhook& hook, const std::vector<openphone::webhook>& all
) {
  std::vector<openphone::webhook> out;
  for (const auto& other : all)
    if (other.id != hook.id && other.made_by == hook.made_by && other.status == hook.status &&
        other.user == hook.user && same_work(other, another(hook)))
      out.push_back(other);
  return out;
}

hook_plan plan_hooks(
    openphone::generation which, const std::vector<openphone::webhook>& existing,
    const openphone::new_webhook& wanted
) {
  hook_plan out;
  words missing = wanted.events;
  for (const auto& hook : existing) {
    const bool ours = hook.url == wanted.url && hook.made_by == which &&
                      canonical(hook.resources) == canonical(wanted.resources);
    const bool useful = std::any_of(hook.events.begin(), hook.events.end(), [&](const auto& event) {
      return has(wanted.events, event);
    });
    if (!ours || !useful) continue;
    (hook.status == "disabled" ? out.disabled : out.there).push_back(hook);
    std::erase_if(missing, [&hook](const std::string& event) { return has(hook.events, event); });
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
