// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/stream/contract.hpp"
#include "gateway/outcome.hpp"

namespace trunkline::gateway {

// Where accepted deliveries go: the one seam between HTTP and Redis.
class delivery_queue {
 public:
  struct result {
    outcome what = outcome::accepted;  // accepted: stored as durably as was asked for
    std::string entry_id;              // accepted only
    std::string error;                 // else: for the log
  };
  using callback = std::function<void(result&&)>;

  virtual ~delivery_queue() = default;
  // body is read before append() returns. An outcome: refused at once, nothing was sent, the
  // callback is dropped. Else the callback is called exactly once, later, on the thread of the
  // caller.
  virtual std::optional<outcome> append(
      const stream::delivery&, std::string_view body, callback
  ) = 0;
};

}  // namespace trunkline::gateway
