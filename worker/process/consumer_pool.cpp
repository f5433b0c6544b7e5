// SPDX-License-Identifier: Apache-2.0
#include "worker/process/consumer_pool.hpp"

#include <thread>

namespace trunkline::worker {

consumer_pool::consumer_pool(shared_state& shared, const std::string& process_id)
    : shared_(shared) {
  for (int i = 0; i < shared.options.threads; ++i)
    consumers_.push_back(std::make_unique<consumer>(shared, i, process_id + "-" + std::to_string(i))
    );
}

bool consumer_pool::run() {
  std::atomic<bool> intact{true};
  std::vector<std::jthread> threads;
  for (const auto& member : consumers_)
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
