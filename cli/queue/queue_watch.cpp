// SPDX-License-Identifier: Apache-2.0
#include "cli/queue/queue_watch.hpp"
#include "cli/output.hpp"
#include "cli/queue/queue_text.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>

namespace trunkline::cli {
namespace {

volatile std::sig_atomic_t ended = 0;

void on_signal(int) {
  ended = 1;
}

// Blocks SIGINT and SIGTERM except while waiting. Returns the signal mask for waiting.
sigset_t catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  for (const int each : {SIGINT, SIGTERM}) {
    ::sigaction(each, &action, nullptr);
    ::sigaddset(&blocked, each);
  }
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  return before;
}

timespec as_timespec(std::chrono::nanoseconds time) {
  return {
      static_cast<std::time_t>(time.count() / 1'000'000'000),
      static_cast<long>(time.count() % 1'000'000'000)};
}

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string on_screen(const std::string& text) {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    return text;
  return fit_screen(text, size.ws_col, size.ws_row);
}

constexpr const char* hide_cursor = "\x1b[?25l";
constexpr const char* show_cursor = "\x1b[?25h";
constexpr const char* clear_screen = "\x1b[H\x1b[2J";

}  // namespace

std::string fit_screen(const std::string& text, std::size_t columns, std::size_t rows) {
  std::string out;
  std::size_t used = 0, left_out = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    const auto length =
        static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
          return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        }));
    used += std::max<std::size_t>(1, (length + columns - 1) / columns);
    // One line is for the number of omitted lines, one for the cursor.
    if (left_out == 0 && used + 2 <= rows)
      out += line + "\n";
    else
      ++left_out;
    at = end + 1;
  }
  if (left_out > 0) out += "... " + std::to_string(left_out) + " more lines\n";
  return out;
}

void watch_queue(
    double seconds, bool json, const std::function<std::pair<queue_report, queue_verdict>()>& sample
) {
  using clock = std::chrono::steady_clock;
  const auto mask = catch_signals();
  const bool terminal = ::isatty(STDOUT_FILENO) != 0 && !json;
  if (terminal) std::fputs(hide_cursor, stdout);
  const auto period =
      std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
  auto next = clock::now();
  while (!ended) {
    const auto [report, verdict] = sample();
    if (ended) break;
    std::string text =
        json       ? as_json(report, verdict)
        : terminal ? clear_screen +
                         on_screen(now_text() + "  (Ctrl-C ends)\n\n" + as_text(report, verdict))
                   : now_text() + " " + as_line(report, verdict) + "\n";
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) break;
    next = std::max(next + period, clock::now());
    for (auto left = next - clock::now(); left > clock::duration::zero() && !ended;
         left = next - clock::now()) {
      const auto wait = as_timespec(left);
      ::ppoll(nullptr, 0, &wait, &mask);
    }
  }
  if (terminal) std::fputs(show_cursor, stdout);
}

}  // namespace trunkline::cli
