// SPDX-License-Identifier: Apache-2.0
#include "cli/batch_runner.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>

#include "common/process/signals.hpp"

namespace trunkline::cli {
namespace {

class progress_line {
 public:
  progress_line(bool enabled, std::size_t total) : enabled_(enabled), total_(total) {}

  void print(std::size_t done) {
    const auto now = clock::now();
    if (!enabled_ || now < next_ || done == total_) return;
    next_ = now + std::chrono::seconds(2);
    const auto seconds = std::chrono::duration<double>(now - start_).count();
    std::fprintf(
        stderr, "%zu of %zu, %.0f/s\n", done, total_,
        seconds > 0 ? static_cast<double>(done) / seconds : 0
    );
  }

 private:
  using clock = std::chrono::steady_clock;
  bool enabled_;
  std::size_t total_;
  clock::time_point start_ = clock::now(), next_ = start_ + std::chrono::seconds(2);
};

}  // namespace

batch_result run_batches(
    const std::vector<std::int64_t>& ids, const batch_pace& pace, const batch_step& step
) {
  std::atomic<bool> stop = false;
  signal_watcher signals;
  signals.start({.terminate = [&stop] { stop = true; }, .reload = [] {}, .toggle_debug = [] {}});
  progress_line progress(pace.progress, ids.size());
  return in_batches(
      ids,
      {.per_second = pace.per_second,
       .stop = &stop,
       .on_step = [&progress](std::size_t done) { progress.print(done); }},
      step
  );
}

}  // namespace trunkline::cli
