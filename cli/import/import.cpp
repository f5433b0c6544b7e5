// SPDX-License-Identifier: Apache-2.0
// trunkline import --from-postgres URL
#include <atomic>
#include <cstdio>

#include "admin/import/import_report.hpp"
#include "admin/import/import_rows.hpp"
#include "admin/import/import_source.hpp"
#include "cli/commands.hpp"
#include "cli/import/import_text.hpp"
#include "cli/output.hpp"
#include "common/process/signals.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  std::string from_postgres, label;
  bool dry_run = false, json = false;
};

int report_source_error(const database_failure& failure, const std::string& progress = "") {
  return report_error(
      "import", "source database: " + describe(failure) + progress,
      failure.unreachable ? exit_code::unknown : exit_code::failed
  );
}

int report_target_error(const store::store_error& error, const std::string& progress) {
  using kind = store::store_error_kind;
  const auto& code = error.sqlstate;
  const bool ended = code.starts_with("57P0") || code.starts_with("08");
  const bool unreachable = ended || (error.kind != kind::schema && error.kind != kind::sql);
  const auto state = code.empty() ? "" : " (SQLSTATE " + code + ")";
  return report_error(
      "import",
      (unreachable ? "PostgreSQL is unreachable: " : "") + error.message + state + progress,
      unreachable ? exit_code::unknown : exit_code::failed
  );
}

std::string check_label(const std::string& label) {
  constexpr std::size_t max_length = 32;
  const bool plain =
      label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  return plain && label.size() <= max_length ? ""
                                             : "must have at most 32 characters of a-z, 0-9 and -";
}

class import_run {
 public:
  import_run(const settings& options, database& source)
      : source_(source),
        target_(options.common.postgres, !options.dry_run),
        progress_(!options.json) {
    report_.dry_run = options.dry_run;
    context_.prefix = options.label.empty() ? "import-" : "import-" + options.label + "-";
    signals_.start({.terminate = [this] { stop_ = true; }, .reload = [] {}, .toggle_debug = [] {}});
  }

  // Returns an exit code if the import cannot continue.
  std::optional<int> all(const std::vector<import_step>& steps) {
    for (const auto& step : steps) {
      const auto failed = import_table_rows(step);
      progress_.finish();
      if (failed) return failed;
      if (report_.stopped) break;
    }
    return std::nullopt;
  }
  const import_report& report() const { return report_; }

 private:
  // Removes the progress bar and returns the end of the error message.
  std::string stop_progress() {
    progress_.finish();
    const auto so_far = report_.progress();
    if (so_far.empty()) return "; nothing was imported yet";
    return "; progress: " + so_far +
           (report_.dry_run ? ", all rolled back"
                            : "; imported rows stay, run the command again to continue");
  }

  std::optional<int> import_table_rows(const import_step& step) {
    const auto counted = import_count(source_, step);
    if (!counted.ok()) return report_source_error(*counted.failure, stop_progress());
    if (counted.rows.at(0).at(1) != "0")
      return report_error(
          "import",
          counted.rows[0][1].value_or("") + " rows of " + std::string(step.table) +
              " have no id or a duplicate one; give each row its own id" + stop_progress(),
          exit_code::failed
      );
    auto& table = report_.tables.emplace_back();
    table.table = step.table;
    table.total = std::stoll(counted.rows[0][0].value_or("0"));
    progress_.start(table.table, table.total);
    for (std::string after = before_all_ids;;) {
      const auto page = import_page(source_, step, after);
      if (!page.ok()) return report_source_error(*page.failure, stop_progress());
      if (page.rows.empty()) return std::nullopt;
      const auto rows = load_rows(step, page.rows, context_, table);
      if (const auto error = merge_rows(target_, rows, table, report_))
        return report_target_error(*error, stop_progress());
      table.done = table.rows;
      progress_.show(table.rows);
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

int run(const settings& options) {
  if (options.from_postgres.empty())
    return report_error(
        "import", "missing --from-postgres; it is the URL of the old database", exit_code::usage
    );
  // Counting the old rows can take minutes.
  database source(
      options.from_postgres, config::make_logger("import", options.common),
      {.statement = std::chrono::minutes(10), .read_only = true}
  );
  const auto found = steps_of(source);
  if (const auto* failure = std::get_if<database_failure>(&found))
    return report_source_error(*failure);
  if (const auto* problem = std::get_if<import_problem>(&found))
    return report_error("import", problem->message, exit_code::failed);
  import_run work(options, source);
  if (const auto failed = work.all(std::get<std::vector<import_step>>(found))) return *failed;
  options.json ? (void)std::puts(as_json(work.report()).c_str()) : print_text(work.report());
  return as_int(work.report().complete() ? exit_code::ok : exit_code::failed);
}

}  // namespace

config::command import_rows() {
  auto options = std::make_shared<settings>();
  return {
      .name = "import",
      .description = "Import the rows of the Flask service",
      .examples =
          "  trunkline import --from-postgres postgresql://reader@old-host/openphone --dry-run\n"
          "  trunkline import --from-postgres postgresql://reader@old-host/openphone\n"
          "Reads webhook_event, activity, conversation, contact and, if it exists, phone_number. "
          "Merges\n"
          "their rows by the rules of the workers, as events without a date: values of live events "
          "are\n"
          "not replaced. Workers may keep running. A second run imports only new rows. Rows that "
          "are\n"
          "not imported are counted by reason, with their ids.\n"
          "--postgres is Trunkline's database, with the rights of a worker. The connection to the "
          "old\n"
          "database is read-only. Each additional old database requires its own --label, the same "
          "in "
          "each\n"
          "run.\n"
          "Exit codes: 0 all imported, 1 failed or some rows not imported, 3 a database is "
          "unreachable.\n",
      .declare =
          [options](config::option_set& set, config::arguments&) {
            set.text(
                "from-postgres", options->from_postgres,
                "Old database: URL or key=value string; read only", {.secret = true, .value = "URL"}
            );
            set.text(
                "label", options->label, "Label of the old database, used in row ids",
                {.filled = true, .value = "NAME"}
            );
            set.check("label", [options] { return check_label(options->label); });
            set.flag(
                "dry-run", options->dry_run, "Print what would be written, and roll each batch back"
            );
            set.flag("json", options->json, "Print one JSON object");
            set.per_call({"dry-run", "label"});
            config::add_common(set, options->common, config::uses::postgres);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
