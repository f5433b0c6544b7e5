// SPDX-License-Identifier: Apache-2.0
#include "worker/batch_reader.hpp"

#include <algorithm>
#include <iterator>

namespace trunkline::worker {
namespace {

constexpr std::size_t step = 16;  // entries of 1 MiB at most: what one read may bring at once

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

batch_reader::batch_reader(deliveries& stream, held_entries& held, limits most)
    : stream_(stream), held_(held), limits_(most) {}

deliveries::answer<std::vector<stream::entry>> batch_reader::next(std::size_t so_far) {
  const int count = static_cast<int>(std::min(step, limits_.entries - so_far));
  auto fresh = stream_.read_new(count, so_far == 0 ? limits_.block : std::chrono::milliseconds(0));
  if (!fresh) unsure_ = true;
  return fresh;
}

deliveries::answer<std::vector<stream::entry>> batch_reader::read() {
  if (unsure_) {
    if (auto problem = stream_.give_back_unseen(limits_.claim_after); !problem.empty())
      return {{}, std::move(problem)};
    unsure_ = false;
  }
  std::vector<stream::entry> batch;
  std::uint64_t bytes = 0;
  while (batch.size() < limits_.entries && bytes < limits_.bytes) {
    auto more = next(batch.size());
    if (!more) {
      if (batch.empty()) return more;
      break;  // what is here already is good; the next read meets the problem again
    }
    if (more.value->empty()) break;
    held_.add(ids_of(*more.value));
    bytes += bytes_of(*more.value);
    const bool full = more.value->size() == step;
    append(batch, std::move(*more.value));
    if (!full) break;  // the stream is empty: more would cost a round trip for nothing
  }
  return {std::move(batch), ""};
}

deliveries::answer<std::vector<stream::entry>> batch_reader::claim(ids& which) {
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
