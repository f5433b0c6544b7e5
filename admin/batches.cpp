// SPDX-License-Identifier: Apache-2.0
#include "admin/batches.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "common/process/signals.hpp"

namespace trunkline::admin {
namespace {

using clock = std::chrono::steady_clock;

// Five steps a second, so that a rate is kept smoothly.
std::size_t step_size(int per_second) {
  constexpr int most = 1000;
  return static_cast<std::size_t>(per_second == 0 ? most : std::clamp(per_second / 5, 1, most));
}

// Until so many were due. False: told to stop meanwhile.
bool wait_for_turn(
    clock::time_point start, std::size_t tried, int per_second, const std::atomic<bool>& stop
) {
  if (per_second == 0) return !stop;
  const auto due =
      start + std::chrono::microseconds(static_cast<std::int64_t>(tried) * 1000000 / per_second);
  while (!stop && clock::now() < due)
    std::this_thread::sleep_for(
        std::min<clock::duration>(due - clock::now(), std::chrono::milliseconds(50))
    );
  return !stop;
}

class progress_line {
 public:
  progress_line(bool wanted, std::size_t all) : wanted_(wanted), all_(all) {}
  void tell(std::size_t tried) {
    const auto now = clock::now();
    if (!wanted_ || now < next_ || tried == all_) return;
    next_ = now + std::chrono::seconds(2);
    const auto seconds = std::chrono::duration<double>(now - start_).count();
    std::fprintf(
        stderr, "%zu of %zu, %.0f/s\n", tried, all_,
        seconds > 0 ? static_cast<double>(tried) / seconds : 0
    );
  }

 private:
  bool wanted_;
  std::size_t all_;
  clock::time_point start_ = clock::now(), next_ = start_ + std::chrono::seconds(2);
};

}  // namespace

std::string array_of(const std::int64_t* begin, std::size_t count) {
  std::string out = "{";
  for (std::size_t i = 0; i < count; ++i) out += (i > 0 ? "," : "") + std::to_string(begin[i]);
  return out + "}";
}

batch_result in_batches(
    const std::vector<std::int64_t>& ids, const batch_pace& pace, const batch_step& step
) {
  batch_result out;
  std::atomic<bool> stop = false;
  signal_watcher signals;
  signals.start({.terminate = [&stop] { stop = true; }, .reload = [] {}, .toggle_debug = [] {}});
  const auto start = clock::now();
  progress_line progress(pace.progress, ids.size());
  const auto at_once = step_size(pace.per_second);
  for (std::size_t from = 0; from < ids.size();) {
    if (!wait_for_turn(start, from, pace.per_second, stop)) {
      out.stopped = true;
      break;
    }
    const auto count = std::min(at_once, ids.size() - from);
    const auto answer = step(array_of(ids.data() + from, count));
    out.failure = answer.failure;
    if (out.failure) break;
    for (const auto& row : answer.rows) out.ids.push_back(std::stoll(row[0].value_or("0")));
    from += count;
    progress.tell(from);
  }
  std::sort(out.ids.begin(), out.ids.end());
  return out;
}

}  // namespace trunkline::admin
