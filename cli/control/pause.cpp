// SPDX-License-Identifier: Apache-2.0
// trunkline pause, trunkline resume: stop and resume applying. Deliveries are always accepted.
#include <cstdio>

#include "admin/control/batches_in_flight.hpp"
#include "admin/control/controls.hpp"
#include "cli/command_options.hpp"
#include "cli/commands.hpp"
#include "cli/operator_name.hpp"
#include "common/text/printable.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

using std::chrono::milliseconds;

struct pause_options : command_options {
  std::string reason, duration, resume_at;
  milliseconds wait{10000};
};

struct resume_options : command_options {
  std::string reason;
};

constexpr database_limits limits{
    .connect = milliseconds(1500), .lock = milliseconds(500), .statement = milliseconds(1500)};
constexpr std::size_t max_reason = 500;

std::string check_options(const pause_options& options) {
  const auto& reason = options.reason;
  if (reason.empty()) return "--reason is missing; other operators will read it";
  if (reason.size() > max_reason || printable(reason) != reason)
    return "--reason must be one line of at most " + std::to_string(max_reason) + " bytes";
  if (!options.duration.empty() && !options.resume_at.empty())
    return "give either --for or --resume-at";
  return "";
}

std::string text_of(const std::optional<pause_state>& paused, bool in_flight) {
  if (!paused) return "not paused: workers apply deliveries";
  return "paused " + printable(describe(*paused)) + "\n" +
         (in_flight ? "Batches in flight are finished, then nothing is applied. "
                    : "Nothing is applied any more. ") +
         "Deliveries are still accepted and wait in Redis.\nResume with: trunkline resume";
}

// Waits for the batches that began before the pause.
int wait_and_print(const pause_options& options, database& db) {
  const auto now = read_pause(db);
  if (now.failure) return report_write_failure("pause", *now.failure);
  const auto batches = wait_for_batches_in_flight(db, options.wait);
  if (batches.failure) return report_error("pause", *batches.failure);
  if (options.json)
    std::puts(json_object()
                  .object("pause", as_json(now.paused))
                  .number("batches_left", batches.open)
                  .str()
                  .c_str());
  else
    std::puts(text_of(now.paused, batches.open > 0).c_str());
  if (batches.open == 0 || options.wait == milliseconds(0)) return as_int(exit_code::ok);
  return report_error(
      "pause",
      "paused, but " + std::to_string(batches.open) + " of " + std::to_string(batches.total) +
          " batches in flight did not end within " + format_duration(options.wait) +
          "; they may still commit (PostgreSQL backends: " + batches.backends + ")",
      exit_code::failed
  );
}

int run_pause(const pause_options& options) {
  if (const auto error = check_options(options); !error.empty())
    return report_error("pause", error, exit_code::usage);
  database db(options.common.postgres, config::make_logger("pause", options.common), limits);
  const auto done = pause(
      db, {.actor = operator_name(),
           .reason = options.reason,
           .duration = parse_duration(options.duration),
           .resume_at = options.resume_at}
  );
  if (done.ok() && done.affected > 0) return wait_and_print(options, db);
  if (done.ok())
    return report_error(
        "pause", "nothing was paused: --resume-at is in the past", exit_code::usage
    );
  if (is_invalid_time(*done.failure))
    return report_error(
        "pause", "--resume-at must be a time like 2026-11-24T06:00Z or '2026-11-24 06:00'",
        exit_code::usage
    );
  return report_write_failure("pause", *done.failure);
}

int run_resume(const resume_options& options) {
  database db(options.common.postgres, config::make_logger("resume", options.common), limits);
  const auto done = resume(db, operator_name(), options.reason);
  if (!done.ok()) return report_write_failure("resume", *done.failure);
  const auto now = read_pause(db);
  if (now.failure) return report_write_failure("resume", *now.failure);
  if (options.json)
    std::puts(json_object().object("pause", as_json(now.paused)).str().c_str());
  else
    std::puts(text_of(now.paused, true).c_str());
  return as_int(exit_code::ok);
}

void declare_pause(pause_options& options, config::option_set& set, config::arguments&) {
  set.text("reason", options.reason, "Reason, shown to other operators; required");
  set.text(
      "for", options.duration, "Resume automatically after DURATION: 30m, 2h", {.value = "DURATION"}
  );
  set.check("for", [&options]() -> std::string {
    if (options.duration.empty()) return "";
    const auto time = parse_duration(options.duration);
    return time && time->count() > 0 ? "" : "must be a number and a unit, like 30m or 2h";
  });
  set.text(
      "resume-at", options.resume_at, "Resume automatically at TIME; UTC without a zone",
      {.value = "TIME"}
  );
  set.duration(
      "wait", options.wait, "Maximum wait for batches in flight; 0s: do not wait", milliseconds(0),
      std::chrono::minutes(10)
  );
  set.per_call({"reason", "for", "resume-at", "wait"});
  options.declare_common(set, config::uses::postgres);
}

void declare_resume(resume_options& options, config::option_set& set, config::arguments&) {
  set.text("reason", options.reason, "Reason for the log");
  set.per_call({"reason"});
  options.declare_common(set, config::uses::postgres);
}

}  // namespace

config::command pause() {
  return make_command<pause_options>(
      {.name = "pause",
       .description = "Pause applying; deliveries are accepted and wait",
       .examples =
           "  trunkline pause --reason 'restoring a backup'\n"
           "  trunkline pause --reason 'load on the database' --for 30m\n"
           "  trunkline pause --reason maintenance --resume-at '2026-11-24 06:00'    UTC\n"
           "The command waits for batches in flight. After it has printed 'Nothing is applied any "
           "more', no row\n"
           "changes until resume. No attempt is counted. The pause is recorded in PostgreSQL with "
           "operator and\n"
           "time; a new pause replaces it.\n"
           "Exit codes: 0 paused; 1 no privilege, or a batch did not end within --wait; 3 "
           "PostgreSQL\n"
           "unreachable; 64 invalid usage.\n"},
      declare_pause, run_pause
  );
}

config::command resume() {
  return make_command<resume_options>(
      {.name = "resume",
       .description = "Resume applying after a pause",
       .examples = "  trunkline resume\n"
                   "Workers resume within two seconds. If nothing is paused, nothing changes.\n"
                   "Exit codes: 0 not paused; 1 no privilege; 3 PostgreSQL unreachable.\n"},
      declare_resume, run_resume
  );
}

}  // namespace trunkline::cli
