// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/import/import_text.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

constexpr std::int64_t width = 30;

using std::chrono::steady_clock;

}  // namespace

import_progress::import_progress(bool wanted)
    : wanted_(wanted), terminal_(isatty(STDERR_FILENO) == 1) {}

void import_progress::start(std::string table, std::int64_t all) {
  table_ = std::move(table);
  all_ = all;
  next_ = terminal_ ? steady_clock::time_point{} : steady_clock::now() + std::chrono::seconds(2);
  show(0);
}

void import_progress::show(std::int64_t done) {
  const auto now = steady_clock::now();
  // Rows that were added meanwhile can exceed the count.
  const auto all = std::max({all_, done, std::int64_t{1}});
  if (!wanted_ || (now < next_ && done < all)) return;
  if (!terminal_ && now < next_) return;  // the report shows the end
  next_ = now + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(2000));
  if (!terminal_) {
    std::fprintf(
        stderr, "%s: %lld of %lld\n", table_.c_str(), static_cast<long long>(done),
        static_cast<long long>(all_)
    );
    return;
  }
  const auto full = static_cast<std::size_t>(width * done / all);
  const auto bar =
      std::string(full, '#') + std::string(static_cast<std::size_t>(width) - full, '.');
  std::fprintf(
      stderr, "\r\033[K%-14s [%s] %lld of %lld", table_.c_str(), bar.c_str(),
      static_cast<long long>(done), static_cast<long long>(all_)
  );
}

void import_progress::finish() {
  if (wanted_ && terminal_) std::fputs("\r\033[K", stderr);
}

}  // namespace trunkline::cli
