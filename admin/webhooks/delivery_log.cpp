// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/delivery_log.hpp"

#include <ctime>
#include <set>

namespace trunkline::admin {

void read_log(
    openphone::api& api, const std::string& webhook, const openphone::delivery_filter& from,
    const log_bounds& bounds, log_reading& into, const std::function<void(std::size_t)>& progress
) {
  auto filter = from;
  std::set<std::string> cursors;
  for (int pages = 1;; ++pages) {
    auto page = api.deliveries(webhook, filter);
    if (!page.ok()) {
      into.error = std::move(page.error);
      return;
    }
    for (auto& item : page.value.items) into.lines.push_back({webhook, std::move(item)});
    progress(into.lines.size());
    filter.after = page.value.next;
    if (filter.after.empty()) return;
    // A repeated cursor would never end.
    const bool repeats = !cursors.insert(filter.after).second;
    if (repeats || pages >= bounds.pages || into.lines.size() >= bounds.lines) {
      into.cut = true;
      return;
    }
  }
}

std::string provider_time_before(std::chrono::milliseconds age) {
  const std::time_t at = std::time(nullptr) - age.count() / 1000;
  std::tm parts{};
  gmtime_r(&at, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
  return text;
}

}  // namespace trunkline::admin
