// SPDX-License-Identifier: Apache-2.0
// trunkline events retry ID... | --all-due [filter]
#include <cstdio>

#include "cli/commands.hpp"
#include "cli/events/event_batch.hpp"
#include "cli/operator_name.hpp"

namespace trunkline::cli {
namespace {

constexpr const char* name = "events retry";

std::size_t unchanged(const event_selection& selected, const batch_result& done) {
  return selected.ids.size() - done.ids.size();
}

json_object report_json(const event_selection& selected, const batch_result& done) {
  return json_object()
      .number("retried", static_cast<std::int64_t>(done.ids.size()))
      .number("in_hand_or_gone", static_cast<std::int64_t>(unchanged(selected, done)))
      .strings("left_alone", selected.left_alone)
      .boolean("stopped", done.stopped)
      .boolean("more", selected.more);
}

void print_text(const event_selection& selected, const batch_result& done) {
  std::printf("%zu made due now\n", done.ids.size());
  if (done.stopped)
    std::puts("stopped: the other events are unchanged");
  else if (const auto count = unchanged(selected, done); count > 0)
    std::printf("%zu are in flight or no longer retrying\n", count);
}

int run(const event_batch_options& options) {
  if (const auto error = check_selection(options, "--all-due"); !error.empty())
    return report_error(name, error, exit_code::usage);
  database db(options.common.postgres, config::make_logger("events", options.common));
  return run_event_batch(
      db, options,
      {.command = name,
       .privilege = "update",
       .not_changed = "nothing was changed",
       .changed = "were made due",
       .question =
           [&options](const std::string& count, std::size_t selected) {
             return options.all && selected > 1 ? "retry " + count + " events now?" : "";
           },
       .select = [&options](database& from
                 ) { return select_retries(from, options.ids, options.filter.filter()); },
       .change = [&db](const std::string& ids) { return retry_events(db, ids, operator_name()); },
       .as_json = report_json,
       .print_text = print_text,
       .complete = [](const event_selection& selected, const batch_result& done
                   ) { return selected.left_alone.empty() && !done.stopped; },
       .report_failure = [](const database_failure& failure
                         ) { return report_write_failure(name, failure); }}
  );
}

void declare(event_batch_options& options, config::option_set& set, config::arguments& arguments) {
  options.declare_selection(
      set, arguments, "all-due", "Select all events that wait for a retry", filter_set::retries
  );
  options.declare_rate(set);
  options.declare_common(set, config::uses::postgres);
}

}  // namespace

config::command events_retry() {
  return make_command<event_batch_options>(
      {.name = name,
       .description = "Retry waiting events now",
       .examples = "  trunkline events retry 4711\n"
                   "  trunkline events retry --all-due --error 'deadlock' --rate 50 --yes\n"
                   "  trunkline events retry --all-due --phone +14155550142 --received-after 6h\n"
                   "Only events in state retrying are changed. A failure counts as an attempt.\n"
                   "Exit codes: 0 done; 1 events left alone, or not confirmed; 3 PostgreSQL "
                   "unreachable.\n"},
      declare, run
  );
}

}  // namespace trunkline::cli
