// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "common/process/common_options.hpp"
#include "common/stream/contract.hpp"

// Finds deliveries that are still in the stream. The privileges of the user trunkline-operator
// (deploy/redis-users.conf) suffice.
namespace trunkline::admin {

struct waiting_delivery {
  std::string entry_id;
  stream::delivery content;
  std::string problem;                // why the content is not what a gateway writes, or ""
  std::optional<std::string> reader;  // consumer that has it pending; nullopt: none yet
  std::optional<std::int64_t> idle_ms, times_read;
};
struct redis_lookup {
  std::optional<waiting_delivery> found;
  bool complete = true;  // false: timed out before the end of the stream
  std::string error;     // Redis is unreachable or reported an error, or ""
};
// Finds a delivery by its entry id, a delivery id (ours or the provider's), or any id that its
// payload contains in quotes.
redis_lookup find_waiting(
    const config::common_options&, const std::string& id, std::chrono::milliseconds time
);
// Finds an entry by its id. A committed row whose entry is found has not been acknowledged yet.
redis_lookup find_entry(
    const config::common_options&, const std::string& entry_id, std::chrono::milliseconds time
);

}  // namespace trunkline::admin
