// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/batch_reader.hpp"

#include <algorithm>
#include <iterator>

namespace trunkline::worker {
namespace {

constexpr std::size_t step = 16;  // entries of 1 MiB at most: what one read may bring at once
// Each read costs Redis a sync of its file (it writes down who holds what). Once the batch shows
// that bodies are small, more come at a time; should great ones follow, this many of 1 MiB are the
// most that is in memory.
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

batch_reader::batch_reader(delivery_stream& stream, in_flight_entries& in_flight, limits most)
    : stream_(stream), in_flight_(in_flight), limits_(most) {}

std::size_t batch_reader::size_of_next(std::size_t so_far, std::uint64_t bytes) const {
  if (so_far == 0) return std::min(step, limits_.entries);
  const std::uint64_t average = bytes / so_far + 1;
  const bool small = long_step * average * 4 <= limits_.bytes;
  return std::min(small ? long_step : step, limits_.entries - so_far);
}

delivery_stream::result<std::vector<stream::entry>> batch_reader::next(
    std::size_t count, bool first
) {
  auto more = stream_.read_new(
      static_cast<int>(count), first ? limits_.block : std::chrono::milliseconds(0)
  );
  if (!more) unsure_ = true;
  return more;
}

delivery_stream::result<std::vector<stream::entry>> batch_reader::read() {
  if (unsure_) {
    if (auto problem = stream_.release_unseen(limits_.claim_after); !problem.empty())
      return {{}, std::move(problem)};
    unsure_ = false;
  }
  std::vector<stream::entry> batch;
  std::uint64_t bytes = 0;
  while (batch.size() < limits_.entries && bytes < limits_.bytes) {
    const std::size_t count = size_of_next(batch.size(), bytes);
    auto more = next(count, batch.empty());
    if (!more) {
      if (batch.empty()) return more;
      break;  // what is here already is good; the next read meets the problem again
    }
    if (more.value->empty()) break;
    in_flight_.add(ids_of(*more.value));
    bytes += bytes_of(*more.value);
    const bool full = more.value->size() == count;
    append(batch, std::move(*more.value));
    if (!full) break;  // the stream is empty: more would cost a round trip for nothing
  }
  return {std::move(batch), ""};
}

delivery_stream::result<std::vector<stream::entry>> batch_reader::claim(ids& which) {
  std::vector<stream::entry> batch;
  std::uint64_t bytes = 0;
  std::size_t asked = 0;
  while (asked < which.size() && asked < limits_.entries && bytes < limits_.bytes) {
    const auto count = std::min({step, which.size() - asked, limits_.entries - asked});
    const auto from = which.begin() + static_cast<std::ptrdiff_t>(asked);
    const ids part(from, from + static_cast<std::ptrdiff_t>(count));
    auto more = stream_.claim(part);
    if (!more) {
      unsure_ = true;
      if (batch.empty()) return more;
      break;
    }
    asked += count;
    bytes += bytes_of(*more.value);
    append(batch, std::move(*more.value));
  }
  which.erase(which.begin(), which.begin() + static_cast<std::ptrdiff_t>(asked));
  return {std::move(batch), ""};
}

}  // namespace trunkline::worker
