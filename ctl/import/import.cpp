// SPDX-License-Identifier: Apache-2.0
// trunkline import --from URL
#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>

#include "common/base/signals.hpp"
#include "ctl/import/import_report.hpp"
#include "ctl/import/import_rows.hpp"
#include "ctl/import/import_source.hpp"
#include "ctl/output.hpp"
#include "ctl/verbs.hpp"

namespace trunkline::ctl {
namespace {

struct settings {
  config::common_options common;
  std::string from;
  bool dry_run = false, json = false;
};

int complain_of_source(const database_failure& failure) {
  return complain(
      "import", "the source: " + describe(failure),
      failure.away ? exit_code::unknown : exit_code::failed
  );
}

int complain_of_target(const store::store_error& error) {
  using kind = store::store_error::sort;
  const bool away = error.kind != kind::schema && error.kind != kind::sql;
  const auto state = error.sqlstate.empty() ? "" : " (SQLSTATE " + error.sqlstate + ")";
  return complain(
      "import",
      (away ? "Postgres does not answer: " : "") + error.message + state +
          "; what was taken before stays, run it again to go on",
      away ? exit_code::unknown : exit_code::failed
  );
}

class import_run {
 public:
  import_run(const settings& given, database& source)
      : source_(source), target_(given.common.postgres, !given.dry_run), progress_(!given.json) {
    report_.dry_run = given.dry_run;
    signals_.start({.terminate = [this] { stop_ = true; }, .reload = [] {}, .toggle_debug = [] {}});
  }

  // An exit code where it can't go on.
  std::optional<int> all(const std::vector<import_step>& steps) {
    for (const auto& step : steps) {
      const auto failed = take_table(step);
      progress_.finish();
      if (failed) return failed;
      if (report_.stopped) break;
    }
    return std::nullopt;
  }
  const import_report& report() const { return report_; }

 private:
  std::optional<int> take_table(const import_step& step) {
    const auto counted = import_count(source_, step);
    if (!counted.ok()) return complain_of_source(*counted.failure);
    report_.tables.push_back({std::string(step.table), 0, 0, {}});
    auto& table = report_.tables.back();
    progress_.start(table.table, std::stoll(counted.rows.at(0).at(0).value_or("0")));
    for (std::string after = "-1";;) {
      const auto page = import_page(source_, step, after);
      if (!page.ok()) return complain_of_source(*page.failure);
      if (page.rows.empty()) return std::nullopt;
      const auto rows = load_rows(step, page.rows, ours_, table);
      if (const auto error = join_rows(target_, rows, table, report_))
        return complain_of_target(*error);
      progress_.tell(table.rows);
      after = page.rows.back()[0].value_or("");
      report_.stopped = stop_;
      if (stop_) return std::nullopt;
    }
  }

  std::atomic<bool> stop_ = false;
  signal_watcher signals_;
  database& source_;
  store::importer target_;
  import_progress progress_;
  import_report report_;
  phone_lines ours_;
};

int run(const settings& given) {
  if (given.from.empty())
    return complain("import", "--from is missing: the old database's URL", exit_code::usage);
  // Counting the old rows may take its time.
  database source(
      given.from, config::make_logger("import", given.common),
      {.statement = std::chrono::minutes(10)}
  );
  const auto found = steps_of(source);
  if (const auto* failure = std::get_if<database_failure>(&found))
    return complain_of_source(*failure);
  if (const auto* problem = std::get_if<import_problem>(&found))
    return complain("import", problem->message, exit_code::failed);
  import_run work(given, source);
  if (const auto failed = work.all(std::get<std::vector<import_step>>(found))) return *failed;
  given.json ? print_json(work.report()) : print_text(work.report());
  return as_int(work.report().complete() ? exit_code::ok : exit_code::failed);
}

}  // namespace

config::verb import_rows() {
  auto given = std::make_shared<settings>();
  return {
      .name = "import",
      .description = "Take over the rows of the integration document's Flask service",
      .examples =
          "  trunkline import --from postgresql://reader@old-host/openphone --dry-run\n"
          "  trunkline import --from postgresql://reader@old-host/openphone\n"
          "Reads phone_number (if there is one), webhook_event, activity, conversation and "
          "contact\n"
          "there, and joins them into ours by the worker's own rules, as events without a date: "
          "what\n"
          "live events said is not replaced. It may run while workers do, and again: a second run\n"
          "changes nothing. --dry-run rolls each batch back. What can't be taken is named by "
          "reason\n"
          "and id. --postgres is ours, with the rights of a worker.\n"
          "Exit codes: 0 all taken, 1 some rows can't be taken (or refused), 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, CLI::App&) {
            options.text(
                "from", given->from, "The old database: URL or key=value string; only read",
                {.secret = true}
            );
            options.flag("dry-run", given->dry_run, "Change nothing, show what it would do");
            options.flag("json", given->json, "Print one JSON object");
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::ctl
