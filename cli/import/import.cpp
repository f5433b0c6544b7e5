// SPDX-License-Identifier: Apache-2.0
// trunkline import --from-postgres URL
#include <atomic>
#include <cstdio>

#include "common/process/signals.hpp"
#include "admin/import/import_report.hpp"
#include "admin/import/import_rows.hpp"
#include "admin/import/import_source.hpp"
#include "cli/import/import_text.hpp"
#include "cli/output.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  std::string from_postgres, label;
  bool dry_run = false, json = false;
};

int complain_of_source(const database_failure& failure, const std::string& how_far = "") {
  return report_error(
      "import", "source database: " + describe(failure) + how_far,
      failure.unreachable ? exit_code::unknown : exit_code::failed
  );
}

int complain_of_target(const store::store_error& error, const std::string& how_far) {
  using kind = store::store_error_kind;
  const auto& said = error.sqlstate;
  const bool ended = said.starts_with("57P0") || said.starts_with("08");
  const bool away = ended || (error.kind != kind::schema && error.kind != kind::sql);
  const auto state = said.empty() ? "" : " (SQLSTATE " + said + ")";
  return report_error(
      "import", (away ? "PostgreSQL is unreachable: " : "") + error.message + state + how_far,
      away ? exit_code::unknown : exit_code::failed
  );
}

std::string check_label(const std::string& label) {
  constexpr std::size_t longest = 32;
  const bool plain =
      label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  return plain && label.size() <= longest ? "" : "must have at most 32 characters of a-z, 0-9 and -";
}

class import_run {
 public:
  import_run(const settings& given, database& source)
      : source_(source), target_(given.common.postgres, !given.dry_run), progress_(!given.json) {
    report_.dry_run = given.dry_run;
    context_.prefix = given.label.empty() ? "import-" : "import-" + given.label + "-";
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
  // The bar leaves its line to the complaint, which ends with this.
  std::string break_off() {
    progress_.finish();
    const auto so_far = report_.how_far();
    if (so_far.empty()) return "; nothing was imported yet";
    return "; progress: " + so_far +
           (report_.dry_run ? ", all rolled back"
                            : "; imported rows stay, run the command again to continue");
  }

  std::optional<int> take_table(const import_step& step) {
    const auto counted = import_count(source_, step);
    if (!counted.ok()) return complain_of_source(*counted.failure, break_off());
    if (counted.rows.at(0).at(1) != "0")
      return report_error(
          "import",
          counted.rows[0][1].value_or("") + " rows of " + std::string(step.table) +
              " have no id or a duplicate one; give each row its own id" + break_off(),
          exit_code::failed
      );
    auto& table = report_.tables.emplace_back();
    table.table = step.table;
    table.there = std::stoll(counted.rows[0][0].value_or("0"));
    progress_.start(table.table, table.there);
    for (std::string after = before_all_ids;;) {
      const auto page = import_page(source_, step, after);
      if (!page.ok()) return complain_of_source(*page.failure, break_off());
      if (page.rows.empty()) return std::nullopt;
      const auto rows = load_rows(step, page.rows, context_, table);
      if (const auto error = join_rows(target_, rows, table, report_))
        return complain_of_target(*error, break_off());
      table.done = table.rows;
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
  import_context context_;
};

int run(const settings& given) {
  if (given.from_postgres.empty())
    return report_error("import", "missing --from-postgres; it is the URL of the old database", exit_code::usage);
  // Counting the old rows may take its time.
  database source(
      given.from_postgres, config::make_logger("import", given.common),
      {.statement = std::chrono::minutes(10), .read_only = true}
  );
  const auto found = steps_of(source);
  if (const auto* failure = std::get_if<database_failure>(&found))
    return complain_of_source(*failure);
  if (const auto* problem = std::get_if<import_problem>(&found))
    return report_error("import", problem->message, exit_code::failed);
  import_run work(given, source);
  if (const auto failed = work.all(std::get<std::vector<import_step>>(found))) return *failed;
  given.json ? (void)std::puts(as_json(work.report()).c_str()) : print_text(work.report());
  return as_int(work.report().complete() ? exit_code::ok : exit_code::failed);
}

}  // namespace

config::command import_rows() {
  auto given = std::make_shared<settings>();
  return {
      .name = "import",
      .description = "Import the rows of the Flask service",
      .examples =
          "  trunkline import --from-postgres postgresql://reader@old-host/openphone --dry-run\n"
          "  trunkline import --from-postgres postgresql://reader@old-host/openphone\n"
          "Reads webhook_event, activity, conversation, contact and, if it exists, phone_number. Merges\n"
          "their rows by the rules of the workers, as events without a date: values of live events are\n"
          "not replaced. Workers may run meanwhile. A second run imports only new rows. Rows that are\n"
          "not imported are counted by reason, with their ids.\n"
          "--postgres is Trunkline's database, with the rights of a worker. The connection to the old\n"
          "database is read-only. Each further old database requires its own --label, the same in each\n"
          "run.\n"
          "Exit codes: 0 all imported, 1 failed or some rows not imported, 3 a database is unreachable.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) {
            options.text(
                "from-postgres", given->from_postgres, "Old database: URL or key=value string; read only",
                {.secret = true, .value = "URL"}
            );
            options.text(
                "label", given->label,
                "Name of one of several old databases, put into row ids",
                {.filled = true, .value = "NAME"}
            );
            options.check("label", [given] { return check_label(given->label); });
            options.flag("dry-run", given->dry_run, "Print what would be written, and roll each batch back");
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"dry-run"});
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
