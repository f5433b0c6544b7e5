// SPDX-License-Identifier: Apache-2.0
#include "admin/batches.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace trunkline::admin {
namespace {

using clock = std::chrono::steady_clock;

bool stopped(const batch_options& options) {
  return options.stop != nullptr && *options.stop;
}

// Five steps per second keep the rate smooth.
std::size_t step_size(int per_second) {
  constexpr int max_step = 1000;
  return static_cast<std::size_t>(
      per_second == 0 ? max_step : std::clamp(per_second / 5, 1, max_step)
  );
}

// Waits until the rate allows the next step. Returns false if the work was stopped meanwhile.
bool wait_for_rate(clock::time_point start, std::size_t done, const batch_options& options) {
  if (options.per_second == 0) return !stopped(options);
  const auto due =
      start +
      std::chrono::microseconds(static_cast<std::int64_t>(done) * 1000000 / options.per_second);
  while (!stopped(options) && clock::now() < due)
    std::this_thread::sleep_for(
        std::min<clock::duration>(due - clock::now(), std::chrono::milliseconds(50))
    );
  return !stopped(options);
}

}  // namespace

std::string array_of(const std::int64_t* begin, std::size_t count) {
  std::string out = "{";
  for (std::size_t i = 0; i < count; ++i) out += (i > 0 ? "," : "") + std::to_string(begin[i]);
  return out + "}";
}

batch_result in_batches(
    const std::vector<std::int64_t>& ids, const batch_options& options, const batch_step& step
) {
  batch_result out;
  const auto start = clock::now();
  const auto max_rows = step_size(options.per_second);
  for (std::size_t done = 0; done < ids.size();) {
    if (!wait_for_rate(start, done, options)) {
      out.stopped = true;
      break;
    }
    const auto count = std::min(max_rows, ids.size() - done);
    const auto changed = step(array_of(ids.data() + done, count));
    out.failure = changed.failure;
    if (out.failure) break;
    for (const auto& row : changed.rows) out.ids.push_back(std::stoll(row[0].value_or("0")));
    done += count;
    if (options.on_step) options.on_step(done);
  }
  std::sort(out.ids.begin(), out.ids.end());
  return out;
}

}  // namespace trunkline::admin
