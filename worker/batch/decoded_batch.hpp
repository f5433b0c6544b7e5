// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "store/events/event_store.hpp"
#include "worker/stream/delivery_stream.hpp"

namespace trunkline::worker {

// An entry that gets its row without being parsed.
struct dead_letter {
  store::prepared_event event;
  std::string reason;  // for people
};

// Entries just read, by what can become of them.
struct decoded_batch {
  std::vector<store::prepared_event> events;
  std::vector<std::string> undecodable;  // ids: no body in them, or deleted under us
};
decoded_batch decode_batch(std::vector<stream::entry>);

// What there is of an entry, never parsed: parsing may be what it died of. Its body, or, where
// there is none, all of its fields as text under a key of their own.
store::prepared_event raw_event(
    const std::string& entry_id, const std::vector<std::string>& fields
);

}  // namespace trunkline::worker
