// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/delivery_log.hpp"

#include <set>

namespace trunkline::admin {

void read_log(
    openphone::api& api, const std::string& hook, const openphone::delivery_filter& from,
    const log_bounds& most, log_reading& into, const std::function<void(std::size_t)>& progress
) {
  auto filter = from;
  std::set<std::string> cursors;
  for (int pages = 1;; ++pages) {
    auto page = api.deliveries(hook, filter);
    if (!page.ok()) {
      into.wrong = std::move(page.wrong);
      return;
    }
    for (auto& item : page.value.items) into.lines.push_back({hook, std::move(item)});
    progress(into.lines.size());
    filter.after = page.value.next;
    if (filter.after.empty()) return;
    // A cursor that comes again would be no end.
    const bool repeats = !cursors.insert(filter.after).second;
    if (repeats || pages >= most.pages || into.lines.size() >= most.lines) {
      into.cut = true;
      return;
    }
  }
}

}  // namespace trunkline::admin
