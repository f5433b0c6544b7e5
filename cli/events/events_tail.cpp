// SPDX-License-Identifier: Apache-2.0
// trunkline events tail
#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

#include "admin/events/event_follower.hpp"
#include "admin/timestamp.hpp"
#include "cli/command_options.hpp"
#include "cli/commands.hpp"
#include "cli/events/event_filter_options.hpp"
#include "cli/events/event_output.hpp"
#include "common/text/printable.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

constexpr const char* name = "events tail";

struct tail_options : command_options {
  event_filter_options filter;
  std::string stop_at;
  std::chrono::milliseconds interval{1000};
  int last = 10, count = 0;
};

// Returns the time to stop at: a duration from now ("30s"), or a time.
std::optional<std::int64_t> stop_time(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (const auto ahead = parse_duration(text)) return now_ms() + ahead->count();
  return parse_timestamp(text, now_ms());
}

class printer {
 public:
  explicit printer(const tail_options& options) : options_(options) {}

  // Returns false if the count is reached, or if the reader has closed the pipe.
  bool print(const std::vector<event_summary>& events) {
    for (const auto& event : events) widen(cells_of(event));
    for (const auto& event : events) {
      if (options_.json)
        std::puts(as_followed_json(event).str().c_str());
      else
        print_line(event);
      if (options_.count > 0 && ++printed_ >= options_.count) return std::fflush(stdout), false;
    }
    return std::fflush(stdout) == 0;
  }

 private:
  using cells = std::array<std::string, 5>;

  static cells cells_of(const event_summary& event) {
    return {
        event.outcome_at.value_or("-"), event.state, std::to_string(event.id),
        type_cell(event.event_type), shorten(printable(event.event_id), 34)};
  }
  // Columns only grow, because earlier lines are already printed.
  void widen(const cells& line) {
    for (std::size_t i = 0; i < line.size(); ++i)
      widths_[i] = std::max(widths_[i], count_characters(line[i]));
  }
  void print_line(const event_summary& event) const {
    const auto line = cells_of(event);
    std::string rest;
    if (event.attempts > 0) rest += "  attempt " + std::to_string(event.attempts);
    if (event.reason) rest += "  " + shorten(printable(*event.reason), 100);
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool last = i + 1 == line.size();
      out += (i > 0 ? "  " : "") + line[i];
      if (!last || !rest.empty()) out.append(widths_[i] - count_characters(line[i]), ' ');
    }
    std::puts((out + rest).c_str());
  }

  const tail_options& options_;
  int printed_ = 0;
  // The initial widths fit a time, each state and all names of types.
  std::array<std::size_t, 5> widths_{24, 9, 0, 25, 0};
};

void sleep_for_interval(const tail_options& options, const std::optional<std::int64_t>& end) {
  auto pause = options.interval.count();
  if (end) pause = std::clamp<std::int64_t>(*end - now_ms(), 0, pause);
  std::this_thread::sleep_for(std::chrono::milliseconds(pause));
}

int run(const tail_options& options) {
  const auto end = stop_time(options.stop_at);
  database db(options.common.postgres, config::make_logger("events", options.common), quick_look);
  printer out(options);
  event_follower follower(db, options.filter.filter());
  const auto first =
      follower.start(options.count > 0 ? std::min(options.last, options.count) : options.last);
  if (first.failure) return report_error(name, *first.failure);
  if (!out.print(first.events)) return as_int(exit_code::ok);
  bool unreachable = false;
  while (!end || now_ms() < *end) {
    sleep_for_interval(options, end);
    const auto polled = follower.poll();
    if (polled.failure && !polled.failure->unreachable) return report_error(name, *polled.failure);
    // Waits for a database that restarts. No outcome is missed, because the rows contain them.
    if (polled.failure && !unreachable) report_error(name, *polled.failure);
    unreachable = polled.failure.has_value();
    if (!out.print(polled.events)) return as_int(exit_code::ok);
  }
  return as_int(unreachable ? exit_code::unknown : exit_code::ok);
}

void declare(tail_options& options, config::option_set& set, config::arguments&) {
  options.filter.declare(set, filter_set::tail);
  set.integer("last", options.last, "Number of newest events to print first", 0, 1000);
  set.integer("count", options.count, "Maximum number of lines; 0: no limit", 0, 1000000000);
  set.text(
      "stop-at", options.stop_at, "Stop at TIME (UTC), or after a duration: 30s", {.value = "TIME"}
  );
  set.check("stop-at", [&options]() -> std::string {
    const bool valid = options.stop_at.empty() || stop_time(options.stop_at);
    return valid ? "" : "must be a time (2026-11-20T18:00) or a duration from now (30s)";
  });
  set.duration(
      "interval", options.interval, "Interval between polls", std::chrono::milliseconds(100),
      std::chrono::minutes(1)
  );
  set.per_call({"last", "count", "stop-at", "interval"});
  options.declare_common(set, config::uses::postgres, "Print one JSON object per line");
}

}  // namespace

config::command events_tail() {
  return make_command<tail_options>(
      {.name = name,
       .description = "Follow new events and the outcomes of retries",
       .examples =
           "  trunkline events tail\n"
           "  trunkline events tail --state dead,retrying --last 0\n"
           "  trunkline events tail --type call.completed --count 1 --stop-at 2m --json\n"
           "An event is printed when its row appears, and again when a retry has ended. Watched "
           "rows are the 1000\n"
           "retries that are due next and the 1000 newest dead letters. The time is that of the "
           "outcome; it is\n"
           "unknown (-) for an attempt that failed before the command was started.\n"
           "Exit codes: 0 ended; 1 failed; 3 PostgreSQL unreachable.\n"},
      declare, run
  );
}

}  // namespace trunkline::cli
