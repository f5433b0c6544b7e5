// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "store/events/event_store.hpp"
#include "worker/stream/delivery_stream.hpp"

namespace trunkline::worker {

// The entries of one read, decoded and parsed.
struct decoded_batch {
  std::vector<store::prepared_event> events;
  // Ids of entries without a body, or deleted after they were read.
  std::vector<std::string> undecodable;
};
decoded_batch decode_batch(std::vector<stream::entry>);

// Returns an event for a dead letter. The body is not parsed, since parsing it may crash the
// worker. An entry without a body is kept as the text of its fields, with its id in the event key.
store::prepared_event raw_event(
    const std::string& entry_id, const std::vector<std::string>& fields
);

}  // namespace trunkline::worker
