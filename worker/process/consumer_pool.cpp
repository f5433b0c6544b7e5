// SPDX-License-Identifier: Apache-2.0
#include "worker/process/consumer_pool.hpp"

#include <thread>

namespace trunkline::worker {

crew::crew(shared_parts& shared, const std::string& process_id) : shared_(shared) {
  for (int i = 0; i < shared.options.threads; ++i)
    members_.push_back(std::make_unique<consumer>(shared, i, process_id + "-" + std::to_string(i)));
}

bool crew::run() {
  std::atomic<bool> intact{true};
  std::vector<std::jthread> threads;
  for (const auto& member : members_)
    threads.emplace_back([this, &intact, &one = *member] {
      try {
        one.run();
      } catch (const std::exception& error) {
        shared_.log.error("a thread broke", {{"consumer", one.name()}, {"error", error.what()}});
        intact = false;
        shared_.stop.request();
      }
    });
  threads.clear();  // joins
  return intact;
}

}  // namespace trunkline::worker
