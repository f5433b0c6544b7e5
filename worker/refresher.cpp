// SPDX-License-Identifier: Apache-2.0
#include "worker/refresher.hpp"

#include <algorithm>

#include "worker/deliveries.hpp"

namespace trunkline::worker {

refresher::refresher(
    redis::client& client, const worker_options& options,
    const std::vector<std::unique_ptr<consumer>>& consumers, logger log
)
    : client_(client), options_(options), consumers_(consumers), log_(std::move(log)) {}

void refresher::refresh() {
  // A thread waits while its entries are refreshed, so a sick Redis must not take long here.
  const auto timeout = std::min(options_.redis_timeout, std::chrono::milliseconds(1000));
  for (const auto& each : consumers_) {
    deliveries stream(
        client_, stream::deliveries_key(options_.common.stream_namespace), each->name(), timeout
    );
    each->held().visit([&](const ids& in_hand) {
      if (const auto problem = stream.refresh(in_hand); !problem.empty())
        log_.debug("could not refresh", {{"entries", in_hand.size()}, {"error", problem}});
    });
  }
}

}  // namespace trunkline::worker
