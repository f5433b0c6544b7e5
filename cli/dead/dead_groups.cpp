// SPDX-License-Identifier: Apache-2.0
// trunkline dead groups
#include <algorithm>
#include <cstdio>
#include <map>
#include <tuple>

#include "cli/dead/dead.hpp"
#include "admin/events/event_time.hpp"
#include "cli/output.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  event_filter_options which;
  int limit = 50;
  bool json = false;
};

struct group {
  std::string reason, type;
  std::optional<std::string> sqlstate;
  std::int64_t count = 0, sample = 0;
  std::string first, last;  // died between
};

struct groups {
  std::vector<group> all;  // greatest first
  std::int64_t counted = 0;
  bool at_least = false;
  std::optional<database_failure> failure;
};

// Numbers in a reason (bytes, lines, attempts) make no other cause.
std::string statement(const dead_slices& slices) {
  return "select left(regexp_replace(e.error_message, '[0-9]+', 'N', 'g'), 300) as reason, "
         "e.sqlstate, "
         "e.event_type, count(*), max(e.id), " +
         time_text("min(e.finished_at)") + ", " + time_text("max(e.finished_at)") +
         " from webhook_events e where " + slices.fitting().sql() + " group by 1, 2, 3";
}

groups fold(database& db, const event_filter& filter) {
  using clock = std::chrono::steady_clock;
  constexpr std::int64_t most = 100000, slice = 10000;
  const auto end = clock::now() + std::chrono::milliseconds(1200);
  std::map<std::tuple<std::string, std::optional<std::string>, std::string>, group> by_cause;
  groups out;
  dead_slices slices(db, filter);
  while (slices.next(slice)) {
    const auto answer = db.query(statement(slices), slices.fitting().parameters());
    out.failure = answer.failure;
    if (out.failure) return out;
    for (const auto& row : answer.rows) {
      auto& into = by_cause[{row[0].value_or(""), row[1], row[2].value_or("")}];
      const bool fresh = into.count == 0;  // slices go from new to old
      into.reason = row[0].value_or("");
      into.sqlstate = row[1];
      into.type = row[2].value_or("");
      into.count += std::stoll(row[3].value_or("0"));
      into.first = row[5].value_or("");
      if (!fresh) continue;
      into.sample = std::stoll(row[4].value_or("0"));
      into.last = row[6].value_or("");
    }
    out.counted = 0;
    for (const auto& [cause, each] : by_cause) out.counted += each.count;
    out.at_least = !slices.reached().empty() && (out.counted >= most || clock::now() > end);
    if (out.at_least) break;
  }
  if (!out.failure) out.failure = slices.failure();
  for (auto& [cause, each] : by_cause) out.all.push_back(std::move(each));
  std::stable_sort(out.all.begin(), out.all.end(), [](const auto& a, const auto& b) {
    return a.count > b.count;
  });
  return out;
}

void print_text(const groups& found, std::size_t limit) {
  if (found.all.empty()) {
    std::puts("no dead letters fit");
    return;
  }
  const char* plus = found.at_least ? "+" : "";
  std::printf(
      "%lld%s dead, %zu%s causes\n\n", static_cast<long long>(found.counted), plus,
      found.all.size(), plus
  );
  std::vector<std::vector<std::string>> lines = {
      {"COUNT", "FIRST", "LAST", "TYPE", "SQLSTATE", "SAMPLE", "REASON"}};
  for (const auto& each : found.all) {
    if (lines.size() > limit) break;
    lines.push_back(
        {std::to_string(each.count) + plus, each.first, each.last,
         each.type.empty() ? "(none)" : shorten(printable(each.type), 40),
         each.sqlstate.value_or("-"), std::to_string(each.sample),
         shorten(printable(each.reason), 100)}
    );
  }
  std::fputs(table(lines).c_str(), stdout);
  if (found.all.size() > limit) std::puts("... there are more causes: --limit N, or a filter");
  if (found.at_least) std::puts("Only the newest were counted.");
}

void print_json(const groups& found, std::size_t limit) {
  std::vector<json_object> list;
  for (const auto& each : found.all) {
    if (list.size() == limit) break;
    list.push_back(json_object()
                       .number("count", each.count)
                       .text("reason", each.reason)
                       .text("sqlstate", each.sqlstate)
                       .text("event_type", each.type)
                       .text("first", each.first)
                       .text("last", each.last)
                       .number("sample", each.sample));
  }
  std::puts(json_object()
                .list("groups", list)
                .number("counted", found.counted)
                .boolean("at_least", found.at_least)
                .number("causes", static_cast<std::int64_t>(found.all.size()))
                .str()
                .c_str());
}

int run(const settings& given) {
  database db(given.common.postgres, config::make_logger("dead", given.common), quick_look);
  const auto found = fold(db, given.which.filter());
  if (found.failure) return report_error("dead groups", *found.failure);
  const auto limit = static_cast<std::size_t>(given.limit);
  given.json ? print_json(found, limit) : print_text(found, limit);
  return as_int(exit_code::ok);
}

}  // namespace

config::command dead_groups() {
  auto given = std::make_shared<settings>();
  return {
      .name = "dead groups",
      .description = "Dead letters by cause: how many, since when, and one to look at",
      .examples =
          "  trunkline dead groups\n"
          "  trunkline dead groups --since 1d --json\n"
          "Reasons that differ only in numbers are one cause (N). The newest 100,000 are counted, "
          "or "
          "what 1.5 s\n"
          "are enough for; then each count carries a +.\n"
          "Exit codes: 0 shown (also when there are none), 1 failed, 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) {
            given->which.declare(options, filter_set::dead);
            options.integer("limit", given->limit, "Most causes to show", 1, 10000);
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"limit"});
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
