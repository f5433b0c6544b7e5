// SPDX-License-Identifier: Apache-2.0
#include "cli/events/event_batch.hpp"

#include <algorithm>
#include <cstdio>

#include "admin/control/controls.hpp"
#include "admin/events/event_lookup.hpp"
#include "cli/confirm.hpp"

namespace trunkline::cli {

void event_batch_options::declare_selection(
    config::option_set& set, config::arguments& arguments, const std::string& all_name,
    const std::string& all_help, filter_set options
) {
  arguments.several("ID", ids, "Row numbers, event ids or delivery ids");
  set.flag(all_name, all, all_help);
  filter.declare(set, options);
  set.flag("yes", yes, "Skip the confirmation");
  set.per_call({all_name, "yes"});
}

void event_batch_options::declare_rate(config::option_set& set) {
  set.integer("rate", rate, "Maximum events per second; 0: no limit", 0, 100000);
  set.per_call({"rate"});
}

std::string check_selection(const event_batch_options& options, const std::string& all_option) {
  const bool filtered = options.filter.any();
  if (options.all != options.ids.empty() || (filtered && !options.all))
    return "give either ids, or " + all_option + " with or without a filter";
  return std::ranges::find(options.ids, "") == options.ids.end() ? "" : empty_id;
}

std::optional<int> prepare_event_batch(
    database& db, const event_batch& batch, event_selection& into
) {
  into = batch.select(db);
  if (into.failure) return report_error(batch.command, *into.failure);
  if (!into.ids.empty())
    if (const auto denied = missing_privilege(db, batch.privilege))
      return batch.report_failure(*denied);
  return std::nullopt;
}

int run_event_batch(
    const event_batch_options& options, const event_batch& batch, const event_selection& selected
) {
  const auto count = std::to_string(selected.ids.size()) + (selected.more ? "+" : "");
  const auto question = options.yes ? "" : batch.question(count, selected.ids.size());
  if (!question.empty() && !confirmed(question))
    return report_error(
        batch.command, batch.not_changed + ": not confirmed; use --yes to skip the confirmation",
        exit_code::failed
    );
  const auto done = run_batches(selected.ids, {options.rate, !options.json}, batch.change);
  if (done.failure) {
    if (!done.ids.empty())
      std::fprintf(stderr, "%zu %s before the failure:\n", done.ids.size(), batch.changed.c_str());
    return batch.report_failure(*done.failure);
  }
  if (options.json) {
    std::puts(batch.as_json(selected, done).str().c_str());
  } else {
    for (const auto& line : selected.left_alone) std::fprintf(stderr, "%s\n", line.c_str());
    batch.print_text(selected, done);
    if (selected.more) std::puts("more events match: repeat the command");
  }
  return as_int(batch.complete(selected, done) ? exit_code::ok : exit_code::failed);
}

int run_event_batch(database& db, const event_batch_options& options, const event_batch& batch) {
  event_selection selected;
  if (const auto code = prepare_event_batch(db, batch, selected)) return *code;
  return run_event_batch(options, batch, selected);
}

}  // namespace trunkline::cli
