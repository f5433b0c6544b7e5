// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "common/process/common_options.hpp"
#include "common/stream/contract.hpp"

// Deliveries that are not rows yet. Needs no more than the operator's user of
// deploy/redis-users.conf.
namespace trunkline::admin {

struct waiting_delivery {
  std::string entry_id;
  stream::delivery content;
  std::string problem;                // why content is not what the gateway writes; ""
  std::optional<std::string> reader;  // who has it in hand; none: nobody yet
  std::optional<std::int64_t> idle_ms, times_read;
};
struct redis_lookup {
  std::optional<waiting_delivery> found;
  bool all_looked_at = true;  // false: the stream is longer than the time was
  std::string problem;        // Redis does not answer, or refuses; "" else
};
// id: an entry's, a delivery's (ours or the provider's), or any id that its body holds in quotes.
redis_lookup find_waiting(
    const config::common_options&, const std::string& id, std::chrono::milliseconds time
);
// Is this entry in the stream? For rows: committed, and not taken off yet.
redis_lookup find_entry(
    const config::common_options&, const std::string& entry_id, std::chrono::milliseconds time
);

}  // namespace trunkline::admin
