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
  std::atomic<bool> succeeded{true};
  std::vector<std::jthread> threads;
  for (const auto& each : consumers_)
    threads.emplace_back([this, &succeeded, &consumer = *each] {
      try {
        consumer.run();
      } catch (const std::exception& error) {
        shared_.log.error(
            "thread failed", {{"consumer", consumer.name()}, {"error", error.what()}}
        );
        succeeded = false;
        shared_.stop.request();
      }
    });
  threads.clear();  // joins
  return succeeded;
}

}  // namespace trunkline::worker
