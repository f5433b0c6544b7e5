// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "worker/stream/delivery_stream.hpp"
#include "worker/stream/in_flight_entries.hpp"

namespace trunkline::worker {

// Reads a batch from the stream, bounded in entries and in bytes. XREADGROUP has no limit in bytes,
// so that a batch takes several reads: of few entries first, of more if bodies are small.
class batch_reader {
 public:
  struct limits {
    std::size_t entries;
    std::uint64_t bytes;
    std::chrono::milliseconds block;
    std::chrono::milliseconds claim_after;
  };
  batch_reader(delivery_stream&, in_flight_entries&, limits);

  // Returns new entries, which are in flight, or none if no entry arrived within block. A failed
  // call may have made entries pending that were not received: the next read releases them first,
  // uncounted. Therefore no other entry may be in flight when it is called.
  delivery_stream::result<std::vector<stream::entry>> read();

  // Claims a batch of the entries, which are in flight already, and removes it from remaining.
  delivery_stream::result<std::vector<stream::entry>> claim(ids& remaining);

 private:
  std::size_t next_read_size(std::size_t entries, std::uint64_t bytes) const;
  delivery_stream::result<std::vector<stream::entry>> read_part(std::size_t count, bool first);

  delivery_stream& stream_;
  in_flight_entries& in_flight_;
  const limits limits_;
  // A reply was lost: this consumer may have pending entries that were not received.
  bool reply_lost_ = false;
};

}  // namespace trunkline::worker
