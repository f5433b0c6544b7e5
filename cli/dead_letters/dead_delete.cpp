// SPDX-License-Identifier: Apache-2.0
// trunkline dead delete ID... | --all [filter]
#include <cstdio>

#include "admin/dead_letters/dead_letter_deletion.hpp"
#include "cli/commands.hpp"
#include "cli/events/event_batch.hpp"
#include "cli/operator_name.hpp"

namespace trunkline::cli {
namespace {

constexpr const char* name = "dead delete";

struct delete_options : event_batch_options {
  std::string reason;
};

// Returns the selection as it is recorded.
std::string describe_selection(const delete_options& options) {
  if (options.all) return options.filter.any() ? "--all " + options.filter.describe() : "--all";
  std::string out;
  for (const auto& id : options.ids) out += (out.empty() ? "" : " ") + id;
  return out;
}

int report_failure(const dead_letter_deletion& deletion, const database_failure& failure) {
  if (deletion.record())
    std::fprintf(
        stderr, "deletions are recorded as row %lld of dead_deletions\n",
        static_cast<long long>(*deletion.record())
    );
  if (is_permission_denied(failure))
    return report_error(
        name,
        "this login may not delete events; use the owner's login: --postgres "
        "postgresql://trunkline_owner@...",
        exit_code::failed
    );
  if (failure.sqlstate == "55P03")
    return report_error(
        name, "batches of workers held the lock for too long; repeat the command", exit_code::failed
    );
  return report_write_failure(name, failure);
}

void print_text(const dead_letter_deletion& deletion, const batch_result& done) {
  std::printf("%zu deleted", done.ids.size());
  if (deletion.copies() > 0)
    std::printf(
        " with %lld %s", static_cast<long long>(deletion.copies()),
        deletion.copies() == 1 ? "copy" : "copies"
    );
  if (deletion.record())
    std::printf(
        ", recorded as row %lld of dead_deletions", static_cast<long long>(*deletion.record())
    );
  std::puts("");
  if (done.stopped) std::puts("stopped: the other dead letters are unchanged");
}

int run(const delete_options& options) {
  if (const auto error = check_selection(options, "--all"); !error.empty())
    return report_error(name, error, exit_code::usage);
  database db(options.common.postgres, config::make_logger("dead", options.common));
  dead_letter_deletion deletion(db, {operator_name(), describe_selection(options), options.reason});
  return run_event_batch(
      db, options,
      {.command = name,
       .privilege = "delete",
       .not_changed = "nothing was deleted",
       .changed = "were deleted",
       .question =
           [](const std::string& count, std::size_t selected) {
             return selected > 0 ? "delete " + count + " dead letters and their payloads for good?"
                                 : "";
           },
       .select = [&options](database& from
                 ) { return select_dead_letters(from, options.ids, options.filter.filter()); },
       .change = [&deletion](const std::string& ids) { return deletion.remove(ids); },
       .as_json =
           [&deletion](const event_selection& selected, const batch_result& done) {
             return json_object()
                 .number("deleted", static_cast<std::int64_t>(done.ids.size()))
                 .number("copies", deletion.copies())
                 .number("record", deletion.record())
                 .strings("left_alone", selected.left_alone)
                 .boolean("stopped", done.stopped)
                 .boolean("more", selected.more);
           },
       .print_text = [&deletion](
                         const event_selection&, const batch_result& done
                     ) { print_text(deletion, done); },
       .complete =
           [](const event_selection& selected, const batch_result& done) {
             return selected.left_alone.empty() && done.ids.size() == selected.ids.size();
           },
       .report_failure = [&deletion](const database_failure& failure
                         ) { return report_failure(deletion, failure); }}
  );
}

void declare(delete_options& options, config::option_set& set, config::arguments& arguments) {
  options.declare_selection(
      set, arguments, "all", "Select all dead letters that match the filter", filter_set::dead
  );
  set.text("reason", options.reason, "Reason, stored in dead_deletions");
  set.per_call({"reason"});
  options.declare_common(set, config::uses::postgres);
}

}  // namespace

config::command dead_delete() {
  return make_command<delete_options>(
      {.name = name,
       .description = "Permanently delete dead letters, with a record",
       .examples = "  trunkline dead delete 4711 --reason 'test of the provider'\n"
                   "  trunkline dead delete --all --died-before 90d --reason retention --yes\n"
                   "Requires the owner's login. Only dead letters and the rows of their copies are "
                   "deleted.\n"
                   "dead_deletions records who deleted, when, by which filter and why; "
                   "dead_deleted_events records the\n"
                   "events. A later delivery of the same bytes is a new event.\n"
                   "Exit codes: 0 all deleted; 1 events left alone, or not confirmed; 3 PostgreSQL "
                   "unreachable.\n"},
      declare, run
  );
}

}  // namespace trunkline::cli
