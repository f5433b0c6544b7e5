// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/in_flight_entries.hpp"

namespace trunkline::worker {

void in_flight_entries::add(const std::vector<std::string>& ids) {
  const std::lock_guard lock(mutex_);
  ids_.insert(ids.begin(), ids.end());
}

void in_flight_entries::remove(const std::vector<std::string>& ids) {
  const std::lock_guard lock(mutex_);
  for (const auto& id : ids) ids_.erase(id);
}

void in_flight_entries::visit(const std::function<void(const std::vector<std::string>&)>& use
) const {
  const std::lock_guard lock(mutex_);
  use({ids_.begin(), ids_.end()});
}

}  // namespace trunkline::worker
