// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace trunkline::worker {

// The ids of the entries one thread has in hand, shared with the claim_keepalive. Thread-safe.
class in_flight_entries {
 public:
  void add(const std::vector<std::string>& ids);
  void remove(const std::vector<std::string>& ids);

  // Calls use with all ids while none can be added or removed: what is given away
  // meanwhile must not be claimed back.
  void visit(const std::function<void(const std::vector<std::string>& ids)>& use) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> ids_;
};

}  // namespace trunkline::worker
