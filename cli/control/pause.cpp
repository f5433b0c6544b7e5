// SPDX-License-Identifier: Apache-2.0
// trunkline pause, trunkline resume: stop applying, go on applying. Accepting is never stopped.
#include <cstdio>

#include "cli/output.hpp"
#include "common/text/units.hpp"
#include "admin/control/controls.hpp"
#include "admin/control/in_hand.hpp"
#include "cli/commands.hpp"
#include "cli/operator_name.hpp"

namespace trunkline::cli {
namespace {

using std::chrono::milliseconds;

struct settings {
  config::common_options common;
  std::string reason, for_time, until;
  milliseconds wait{10000};
  bool json = false;
};

constexpr database_limits quick{
    .connect = milliseconds(1500), .lock = milliseconds(500), .statement = milliseconds(1500)};
constexpr std::size_t longest_reason = 500;

// The end as Postgres understands it, by its own clock.
std::string end_of(const settings& given) {
  if (!given.for_time.empty())
    return "now() + " + std::to_string(parse_duration(given.for_time)->count()) +
           " * interval '1 millisecond'";
  return "nullif($3, '')::timestamptz";
}

std::string wrong_reason(const std::string& reason) {
  if (reason.empty()) return "--reason is missing: say why, others will read it";
  if (reason.size() > longest_reason || printable(reason) != reason)
    return "--reason must be one line of at most " + std::to_string(longest_reason) + " bytes";
  return "";
}

std::string text_of(const std::optional<pause_state>& paused, std::int64_t left) {
  if (!paused) return "not paused: workers apply what comes";
  return "paused " + printable(describe(*paused)) + "\n" +
         (left == 0 ? "Nothing is applied any more. "
                    : "What workers have in hand is finished, then nothing is applied. ") +
         "Deliveries are still accepted and wait in Redis.\nGo on with: trunkline resume";
}

// After the pause is in force: waits for what began before it.
int wait_and_print(const settings& given, database& db) {
  const auto now = read_pause(db);
  if (now.failure) return report_write_failure("pause", *now.failure);
  const auto left = wait_for_batches_in_hand(db, given.wait);
  if (left.failure) return report_error("pause", *left.failure);
  if (given.json)
    std::puts(json_object()
                  .object("pause", as_json(now.paused))
                  .number("batches_left", left.count)
                  .str()
                  .c_str());
  else
    std::puts(text_of(now.paused, left.count).c_str());
  if (left.count == 0 || given.wait == milliseconds(0)) return as_int(exit_code::ok);
  return report_error(
      "pause",
      "paused, but of " + std::to_string(left.of) + " batches in hand " +
          std::to_string(left.count) + " did not end within " + format_duration(given.wait) +
          ": what they commit is the last that is applied (backends of Postgres: " + left.backends +
          ")",
      exit_code::failed
  );
}

int print_resumed(const settings& given, database& db) {
  const auto now = read_pause(db);
  if (now.failure) return report_write_failure("resume", *now.failure);
  std::puts(
      given.json ? json_object().object("pause", as_json(now.paused)).str().c_str()
                 : text_of(now.paused, 1).c_str()
  );
  return as_int(exit_code::ok);
}

int run_pause(const settings& given) {
  if (const auto wrong = wrong_reason(given.reason); !wrong.empty())
    return report_error("pause", wrong, exit_code::usage);
  if (!given.for_time.empty() && !given.until.empty())
    return report_error("pause", "give either --for or --until", exit_code::usage);
  database db(given.common.postgres, config::make_logger("pause", given.common), quick);
  const auto end = end_of(given);
  const std::vector<std::string> values{
      given.reason, operator_name(), given.for_time.empty() ? given.until : ""};
  // One statement, so that there is no pause without a line in the log.
  const auto done = db.transaction(
      {{"set local timezone to 'UTC'"},
       {"with ends as (select " + end +
            " as until, $3::text as unused), "
            "paused as (insert into controls as c (name, value, changed_at, reason, until, "
            "changed_by) select 'pause', 'on', now(), $1, until, $2 from ends where until is null "
            "or until > now() on conflict (name) do update set value = 'on', changed_at = now(), "
            "reason = excluded.reason, until = excluded.until, changed_by = excluded.changed_by "
            "returning c.until) "
            "insert into operator_log (action, reason, until, who) select 'pause', $1, until, $2 "
            "from paused",
        values}}
  );
  if (!done.ok()) {
    const auto& state = done.failure->sqlstate;
    if (state == "22007" || state == "22008" || state == "22009" || state == "22023")
      return report_error(
          "pause", "--until must be a time like 2026-11-24T06:00Z or '2026-11-24 06:00'",
          exit_code::usage
      );
    return report_write_failure("pause", *done.failure);
  }
  if (done.affected == 0)
    return report_error("pause", "--until is in the past: nothing was paused", exit_code::usage);
  return wait_and_print(given, db);
}

int run_resume(const settings& given) {
  database db(given.common.postgres, config::make_logger("resume", given.common), quick);
  const auto done = db.query(
      "with was as (update controls set value = 'off', changed_at = now(), changed_by = $1, "
      "until = null where name = 'pause' and value = 'on' returning name) "
      "insert into operator_log (action, reason, who) select 'resume', nullif($2, ''), $1 from was",
      {operator_name(), given.reason}
  );
  if (!done.ok()) return report_write_failure("resume", *done.failure);
  return print_resumed(given, db);
}

void declare(settings& given, config::option_set& options) {
  options.flag("json", given.json, "Print one JSON object");
  config::add_common(options, given.common, config::uses::postgres);
}

}  // namespace

config::command pause() {
  auto given = std::make_shared<settings>();
  return {
      .name = "pause",
      .description = "Stop applying deliveries; they are accepted all the same, and wait",
      .examples =
          "  trunkline pause --reason 'restoring a backup'\n"
          "  trunkline pause --reason 'load on the database' --for 30m\n"
          "  trunkline pause --reason maintenance --until '2026-11-24 06:00'    UTC\n"
          "Batches in hand are waited for: once it has said 'Nothing is applied any more', no row "
          "changes until\n"
          "resume. Nothing counts as a failed attempt.\n"
          "It is written in Postgres, with who asked and when; a pause on a pause replaces it.\n"
          "Exit codes: 0 paused, 1 refused (this login may not), or a batch did not end within "
          "--wait, 3 Postgres\n"
          "is away, 64 wrong usage.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) {
            options.text("reason", given->reason, "Why; everybody who looks will read it");
            options.text("for", given->for_time, "Goes on by itself after this time (30m, 2h)");
            options.check("for", [given]() -> std::string {
              if (given->for_time.empty()) return "";
              const auto time = parse_duration(given->for_time);
              return time && time->count() > 0 ? "" : "must be a number and a unit, like 30m or 2h";
            });
            options.duration(
                "wait", given->wait, "How long to wait for batches in hand; 0s: not at all",
                milliseconds(0), std::chrono::minutes(10)
            );
            options.text(
                "until", given->until, "Goes on by itself at this time; UTC unless it names a zone"
            );
            options.per_call({"reason", "for", "wait", "until"});
            declare(*given, options);
          },
      .run = [given] { return run_pause(*given); }};
}

config::command resume() {
  auto given = std::make_shared<settings>();
  return {
      .name = "resume",
      .description = "Go on applying after a pause",
      .examples =
          "  trunkline resume\n"
          "Workers go on within two seconds. Where nothing is paused it changes nothing.\n"
          "Exit codes: 0 not paused (any more), 1 refused, 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) {
            options.text("reason", given->reason, "For the log");
            options.per_call({"reason"});
            declare(*given, options);
          },
      .run = [given] { return run_resume(*given); }};
}

}  // namespace trunkline::cli
