// SPDX-License-Identifier: Apache-2.0
// trunkline events retry ID... | --all-due [filter]
#include <algorithm>
#include <cstdio>

#include "cli/output.hpp"
#include "cli/batch_runner.hpp"
#include "cli/operator_name.hpp"
#include "admin/events/event_filter.hpp"
#include "admin/events/event_history.hpp"
#include "admin/events/event_lookup.hpp"
#include "admin/control/controls.hpp"
#include "cli/events/event_filter_options.hpp"
#include "cli/confirm.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  std::vector<std::string> ids;
  event_filter_options which;
  int rate = 0;
  bool all = false, yes = false, json = false;
};

constexpr std::size_t most = 1000000;  // in one run

struct selection {
  std::vector<std::int64_t> ids;
  std::vector<std::string> left_alone;
  bool more = false;
  std::optional<database_failure> failure;
};

selection select_by_id(database& db, const std::vector<std::string>& ids) {
  selection out;
  for (const auto& id : ids) {
    const auto lookup = find_event(db, id);
    out.failure = lookup.failure;
    if (out.failure) return out;
    if (lookup.found.empty()) out.left_alone.push_back(printable(describe_missing(lookup, id)));
    for (const auto& event : lookup.found) {
      if (event.state == "retrying")
        out.ids.push_back(event.id);
      else
        out.left_alone.push_back(
            printable(id) + ": it is " + event.state + ", not retrying" +
            (event.state == "dead" ? " ('trunkline dead replay' takes it up again)" : "")
        );
    }
  }
  std::sort(out.ids.begin(), out.ids.end());
  out.ids.erase(std::unique(out.ids.begin(), out.ids.end()), out.ids.end());
  return out;
}

// Of these rows those that fit, in their order: some thousands a statement, since a filter may have
// to look into their bytes.
std::optional<database_failure> keep_fitting(
    database& db, const event_filter& filter, std::vector<std::int64_t>& ids
) {
  constexpr std::size_t at_once = 5000;
  std::vector<std::int64_t> fitting;
  for (std::size_t from = 0; from < ids.size(); from += at_once) {
    const auto count = std::min(at_once, ids.size() - from);
    sql_condition where;
    where.require(
        "e.id = any(" + where.parameter(array_of(ids.data() + from, count)) + "::bigint[])"
    );
    add_received(filter, where);
    if (auto failure = add_conditions(db, filter, where)) return failure;
    const auto answer = db.query(
        "select e.id from webhook_events e where " + where.sql() + " order by e.next_attempt_at",
        where.parameters()
    );
    if (!answer.ok()) return answer.failure;
    for (const auto& row : answer.rows) fitting.push_back(std::stoll(row[0].value_or("0")));
  }
  ids = std::move(fitting);
  return std::nullopt;
}

// Their numbers first and then the work: what fails again meanwhile is not taken a second time.
selection select_waiting(database& db, const event_filter_options& which) {
  selection out;
  const auto answer = db.query(
      "select id from webhook_events where state = 'retrying' and next_attempt_at > now() order by "
      "next_attempt_at limit " +
      std::to_string(most + 1)
  );
  out.failure = answer.failure;
  out.more = answer.rows.size() > most;
  for (const auto& row : answer.rows)
    if (out.ids.size() < most) out.ids.push_back(std::stoll(row[0].value_or("0")));
  if (!out.failure && which.any()) out.failure = keep_fitting(db, which.filter(), out.ids);
  return out;
}

// What a worker has in hand right now is left to it: its attempt is under way.
query_result make_due(database& db, const std::string& ids) {
  return db.query(
      "with chosen as (select id, attempts, null::timestamptz as finished_at, error_message as "
      "reason from webhook_events where id = any($1::bigint[]) and state = 'retrying' and "
      "(leased_until is null or leased_until < now()) order by id for update), "
      "changed as (update webhook_events e set next_attempt_at = least(e.next_attempt_at, now()) "
      "from chosen where e.id = chosen.id and e.state = 'retrying' returning e.id), logged as (" +
          log_of_events("retry") + ") select id from changed order by id",
      {ids, operator_name()}
  );
}

int report(const settings& given, const selection& chosen, const batch_result& done) {
  const std::size_t untouched = chosen.ids.size() - done.ids.size();
  if (given.json) {
    std::puts(json_object()
                  .number("retried", static_cast<std::int64_t>(done.ids.size()))
                  .number("in_hand_or_gone", static_cast<std::int64_t>(untouched))
                  .strings("left_alone", chosen.left_alone)
                  .boolean("stopped", done.stopped)
                  .boolean("more", chosen.more)
                  .str()
                  .c_str());
  } else {
    for (const auto& line : chosen.left_alone) std::fprintf(stderr, "%s\n", line.c_str());
    std::printf("%zu made due now\n", done.ids.size());
    if (done.stopped)
      std::puts("stopped as asked: the others wait as before");
    else if (untouched > 0)
      std::printf("%zu are in a worker's hands, or wait no more\n", untouched);
    if (chosen.more) std::puts("there are more: run it again");
  }
  return as_int(chosen.left_alone.empty() && !done.stopped ? exit_code::ok : exit_code::failed);
}

int run(const settings& given) {
  if (given.all != given.ids.empty() || (given.which.any() && !given.all))
    return report_error(
        "events retry", "give either ids, or --all-due with or without a filter", exit_code::usage
    );
  if (std::ranges::find(given.ids, "") != given.ids.end())
    return report_error("events retry", empty_id, exit_code::usage);
  database db(given.common.postgres, config::make_logger("events", given.common));
  const auto chosen = given.all ? select_waiting(db, given.which) : select_by_id(db, given.ids);
  if (chosen.failure) return report_error("events retry", *chosen.failure);
  if (!chosen.ids.empty())
    if (const auto denied = lacks_right(db, "update"))
      return report_write_failure("events retry", *denied);
  if (given.all && chosen.ids.size() > 1 && !given.yes &&
      !confirmed("try " + std::to_string(chosen.ids.size()) + " events again now?"))
    return report_error(
        "events retry", "nothing was changed: not confirmed (--yes to go without a question)",
        exit_code::failed
    );
  const auto done =
      run_batches(chosen.ids, {given.rate, !given.json}, [&db](const std::string& ids) {
        return make_due(db, ids);
      });
  if (done.failure) {
    if (!done.ids.empty())
      std::fprintf(stderr, "%zu were made due before this:\n", done.ids.size());
    return report_write_failure("events retry", *done.failure);
  }
  return report(given, chosen, done);
}

}  // namespace

config::command events_retry() {
  auto given = std::make_shared<settings>();
  return {
      .name = "events retry",
      .description = "Make waiting retries due now instead of later",
      .examples =
          "  trunkline events retry 4711\n"
          "  trunkline events retry --all-due --error 'deadlock' --rate 50 --yes\n"
          "  trunkline events retry --all-due --phone +14155550142 --from 6h\n"
          "Only events in state retrying are touched; a try that fails counts as an attempt, as "
          "always.\n"
          "Exit codes: 0 done, 1 some left alone (or not confirmed), 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.several("ID", given->ids, "Row numbers, event ids or delivery ids");
            options.flag("all-due", given->all, "Every event that waits for its next attempt");
            given->which.declare(options, filter_set::waiting);
            options.integer("rate", given->rate, "Most a second; 0: all at once", 0, 100000);
            options.flag("yes", given->yes, "Ask nothing");
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"all-due", "rate", "yes"});
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
