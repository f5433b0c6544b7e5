// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "worker/stream/delivery_stream.hpp"
#include "worker/stream/in_flight_entries.hpp"

namespace trunkline::worker {

// Gathers a batch from the stream. XREADGROUP can't be bounded in bytes, so it reads a few entries
// at a time, more of them where bodies are small, until it has enough of either.
class batch_reader {
 public:
  struct limits {
    std::size_t entries;
    std::uint64_t bytes;
    std::chrono::milliseconds block;
    std::chrono::milliseconds claim_after;
  };
  batch_reader(delivery_stream&, in_flight_entries&, limits);

  // May be empty: nothing came within block. What it returns is held. A call that failed may have
  // made entries pending without our seeing them: the next read gives them back first, uncounted.
  // So nothing else may be held when it is called.
  delivery_stream::result<std::vector<stream::entry>> read();

  // Takes a batch of these over from whoever has them (they are held already), and removes from
  // which what it asked for.
  delivery_stream::result<std::vector<stream::entry>> claim(ids& which);

 private:
  std::size_t size_of_next(std::size_t so_far, std::uint64_t bytes) const;
  delivery_stream::result<std::vector<stream::entry>> next(std::size_t count, bool first);

  delivery_stream& stream_;
  in_flight_entries& in_flight_;
  const limits limits_;
  bool unsure_ = false;  // a reply was lost
};

}  // namespace trunkline::worker
