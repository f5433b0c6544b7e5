// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/claim_keepalive.hpp"

#include <algorithm>

#include "worker/stream/delivery_stream.hpp"

namespace trunkline::worker {

claim_keepalive::claim_keepalive(
    redis::client& client, shared_state& shared,
    const std::vector<std::unique_ptr<consumer>>& consumers
)
    : client_(client), shared_(shared), consumers_(consumers) {}

void claim_keepalive::refresh() {
  // A thread that adds or removes entries waits for this call, so that the timeout is short.
  const auto timeout = std::min(shared_.options.redis_timeout, std::chrono::milliseconds(1000));
  for (const auto& each : consumers_) {
    delivery_stream stream(
        client_, stream::deliveries_key(shared_.options.common.stream_namespace), each->name(),
        timeout, shared_.stop
    );
    each->in_flight().visit([&](const ids& entries) {
      if (const auto error = stream.refresh(entries); !error.empty())
        shared_.log.debug("claim refresh failed", {{"entries", entries.size()}, {"error", error}});
    });
  }
}

}  // namespace trunkline::worker
