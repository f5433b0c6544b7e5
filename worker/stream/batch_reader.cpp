// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/batch_reader.hpp"

#include <algorithm>
#include <iterator>

namespace trunkline::worker {
namespace {

// Bounds the memory of one read: 16 entries of at most 1 MiB.
constexpr std::size_t step = 16;
// Size of a read if the bodies so far are small. A read costs Redis an fsync, because it changes
// the pending list. If large bodies follow, 128 MiB are in memory at most.
constexpr std::size_t long_step = 128;

std::uint64_t bytes_of(const std::vector<stream::entry>& entries) {
  std::uint64_t sum = 0;
  for (const auto& entry : entries)
    if (entry.content) sum += entry.content->body.size();
  return sum;
}

ids ids_of(const std::vector<stream::entry>& entries) {
  ids out;
  for (const auto& entry : entries) out.push_back(entry.id);
  return out;
}

void append(std::vector<stream::entry>& to, std::vector<stream::entry>&& more) {
  std::move(more.begin(), more.end(), std::back_inserter(to));
}

}  // namespace

batch_reader::batch_reader(delivery_stream& stream, in_flight_entries& in_flight, limits bounds)
    : stream_(stream), in_flight_(in_flight), limits_(bounds) {}

std::size_t batch_reader::next_read_size(std::size_t entries, std::uint64_t bytes) const {
  if (entries == 0) return std::min(step, limits_.entries);
  const std::uint64_t average = bytes / entries + 1;
  const bool small = long_step * average * 4 <= limits_.bytes;
  return std::min(small ? long_step : step, limits_.entries - entries);
}

delivery_stream::result<std::vector<stream::entry>> batch_reader::read_part(
    std::size_t count, bool first
) {
  auto more = stream_.read_new(
      static_cast<int>(count), first ? limits_.block : std::chrono::milliseconds(0)
  );
  if (!more) reply_lost_ = true;
  return more;
}

delivery_stream::result<std::vector<stream::entry>> batch_reader::read() {
  if (reply_lost_) {
    if (auto error = stream_.release_unseen(limits_.claim_after); !error.empty())
      return {{}, std::move(error)};
    reply_lost_ = false;
  }
  std::vector<stream::entry> batch;
  std::uint64_t bytes = 0;
  while (batch.size() < limits_.entries && bytes < limits_.bytes) {
    const std::size_t count = next_read_size(batch.size(), bytes);
    auto more = read_part(count, batch.empty());
    if (!more) {
      if (batch.empty()) return more;
      break;  // The next read reports the error.
    }
    if (more.value->empty()) break;
    in_flight_.add(ids_of(*more.value));
    bytes += bytes_of(*more.value);
    const bool full = more.value->size() == count;
    append(batch, std::move(*more.value));
    if (!full) break;  // The stream is empty.
  }
  return {std::move(batch), ""};
}

delivery_stream::result<std::vector<stream::entry>> batch_reader::claim(ids& remaining) {
  std::vector<stream::entry> batch;
  std::uint64_t bytes = 0;
  std::size_t claimed = 0;
  while (claimed < remaining.size() && claimed < limits_.entries && bytes < limits_.bytes) {
    const auto count = std::min({step, remaining.size() - claimed, limits_.entries - claimed});
    const auto from = remaining.begin() + static_cast<std::ptrdiff_t>(claimed);
    const ids part(from, from + static_cast<std::ptrdiff_t>(count));
    auto more = stream_.claim(part);
    if (!more) {
      reply_lost_ = true;
      if (batch.empty()) return more;
      break;
    }
    claimed += count;
    bytes += bytes_of(*more.value);
    append(batch, std::move(*more.value));
  }
  remaining.erase(remaining.begin(), remaining.begin() + static_cast<std::ptrdiff_t>(claimed));
  return {std::move(batch), ""};
}

}  // namespace trunkline::worker
