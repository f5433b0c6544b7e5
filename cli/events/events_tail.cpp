// SPDX-License-Identifier: Apache-2.0
// trunkline events tail
#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

#include "cli/output.hpp"
#include "common/text/units.hpp"
#include "admin/events/event_follower.hpp"
#include "cli/events/event_filter_options.hpp"
#include "cli/events/events.hpp"
#include "admin/timestamp.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  event_filter_options which;
  std::string until;
  std::chrono::milliseconds every{1000};
  int last = 10, count = 0;
  bool json = false;
};

// "30s" from now, or a time.
std::optional<std::int64_t> end_of(const std::string& until) {
  if (until.empty()) return std::nullopt;
  if (const auto ahead = parse_duration(until)) return now_ms() + ahead->count();
  return parse_timestamp(until, now_ms());
}

class printer {
 public:
  explicit printer(const settings& given) : given_(given) {}

  // False: enough, or nobody reads any more.
  bool print(const std::vector<event_summary>& events) {
    for (const auto& event : events) widen(cells_of(event));
    for (const auto& event : events) {
      if (given_.json)
        std::puts(to_json(event).text("outcome_at", event.outcome_at).str().c_str());
      else
        print_line(event);
      if (given_.count > 0 && ++printed_ >= given_.count) return std::fflush(stdout), false;
    }
    return std::fflush(stdout) == 0;
  }

 private:
  using cells = std::array<std::string, 5>;

  static cells cells_of(const event_summary& event) {
    return {
        event.outcome_at.value_or("-"), event.state, std::to_string(event.id),
        event.event_type.empty() ? "(none)" : shorten(printable(event.event_type), 40),
        shorten(printable(event.event_id), 34)};
  }
  // What is printed already stays: columns only grow.
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

  const settings& given_;
  int printed_ = 0;
  // From the start wide enough for a time, each state and all names of types.
  std::array<std::size_t, 5> widths_{24, 9, 0, 25, 0};
};

int run(const settings& given) {
  const auto end = end_of(given.until);
  database db(given.common.postgres, config::make_logger("events", given.common), quick_look);
  printer out(given);
  event_follower follower(db, given.which.filter());
  // Of few lines the newest.
  const auto first =
      follower.start(given.count > 0 ? std::min(given.last, given.count) : given.last);
  if (first.failure) return report_error("events tail", *first.failure);
  if (!out.print(first.events)) return as_int(exit_code::ok);
  bool away = false;
  while (!end || now_ms() < *end) {
    const auto pause = end ? std::min(given.every.count(), *end - now_ms()) : given.every.count();
    std::this_thread::sleep_for(std::chrono::milliseconds(std::max<std::int64_t>(pause, 0)));
    const auto found = follower.look();
    if (found.failure && !found.failure->unreachable) return report_error("events tail", *found.failure);
    // A database that restarts is waited for: nothing is missed, it is all still there.
    if (found.failure && !away) report_error("events tail", *found.failure);
    away = found.failure.has_value();
    if (!out.print(found.events)) return as_int(exit_code::ok);
  }
  return as_int(away ? exit_code::unknown : exit_code::ok);
}

void declare(config::option_set& options, settings& given) {
  given.which.declare(options, filter_set::tail);
  options.integer("last", given.last, "First print so many of the newest events", 0, 1000);
  options.integer("count", given.count, "End after so many lines; 0: don't", 0, 1000000000);
  options.text("until", given.until, "End then: 30s from now, or 2026-11-20T18:00 (UTC)");
  options.check("until", [&given]() -> std::string {
    return given.until.empty() || end_of(given.until) ? ""
                                                      : "must be a time, or so long from now: 30s";
  });
  options.duration(
      "every", given.every, "How often to look", std::chrono::milliseconds(100),
      std::chrono::minutes(1)
  );
  options.flag("json", given.json, "Print one JSON object a line");
  options.per_call({"last", "count", "until", "every"});
  config::add_common(options, given.common, config::uses::postgres);
}

}  // namespace

config::command events_tail() {
  auto given = std::make_shared<settings>();
  return {
      .name = "events tail",
      .description = "Follow outcomes as they come: new events, and what became of retries",
      .examples =
          "  trunkline events tail\n"
          "  trunkline events tail --state dead,retrying --last 0\n"
          "  trunkline events tail --type call.completed --count 1 --until 2m --json\n"
          "An event is printed when its row appears, and again when a retry of it ends. Of rows "
          "that "
          "wait, the\n"
          "1000 that are due next and the 1000 newest dead ones are watched. The time is that of "
          "the outcome; when\n"
          "a try failed before the tail began is not known (-).\n"
          "Exit codes: 0 ended as asked, 1 failed, 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) { declare(options, *given); },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
