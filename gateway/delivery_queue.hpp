// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/stream/contract.hpp"
#include "gateway/outcome.hpp"

namespace trunkline::gateway {

// The queue of accepted deliveries: the one interface between HTTP and Redis.
class delivery_queue {
 public:
  struct result {
    // outcome::accepted: the delivery is stored with the required durability.
    outcome value = outcome::accepted;
    // Set if accepted.
    std::string entry_id;
    // Set if not accepted; for the log.
    std::string error;
  };
  using callback = std::function<void(result&&)>;

  virtual ~delivery_queue() = default;
  // Reads body before it returns. Returns an outcome if the delivery was rejected immediately:
  // nothing was sent and the callback is dropped. Otherwise the callback is called exactly once,
  // later, on the thread of the caller.
  virtual std::optional<outcome> append(
      const stream::delivery&, std::string_view body, callback
  ) = 0;
};

}  // namespace trunkline::gateway
