// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace trunkline::worker {

// The ids of the entries that one thread processes, shared with the claim_keepalive. Thread-safe.
class in_flight_entries {
 public:
  void add(const std::vector<std::string>& ids);
  void remove(const std::vector<std::string>& ids);

  // Calls use with all ids. No id is added or removed during the call, so that an entry that is
  // being released is not claimed back.
  void visit(const std::function<void(const std::vector<std::string>& ids)>& use) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> ids_;
};

}  // namespace trunkline::worker
