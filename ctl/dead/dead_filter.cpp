// SPDX-License-Identifier: Apache-2.0
#include "common/base/units.hpp"
#include "ctl/dead/dead.hpp"
#include "ctl/output.hpp"

namespace trunkline::ctl {

void dead_filter_options::declare(config::option_set& options) {
  const std::string group = "Which";
  options.text("type", type, "Only this event type, as sent (message.received)", {.group = group});
  options.text("error", error, "Only reasons that contain TEXT, any case", {.group = group});
  options.text("since", since, "Only what died within this time (30m, 6h, 2d)", {.group = group});
  options.check("since", [this]() -> std::string {
    if (since.empty() || parse_duration(since)) return "";
    return "must be a number and a unit, like 30m or 2d";
  });
}

dead_filter dead_filter_options::filter(int limit) const {
  dead_filter out{.type = type, .error = error, .limit = limit};
  if (!since.empty()) out.since = parse_duration(since);
  return out;
}

int complain(const std::string& verb, const database_failure& failure) {
  if (failure.missing_table())
    return complain(
        verb, "Postgres has no tables of ours: run 'trunkline migrate'", exit_code::failed
    );
  return complain(verb, describe(failure), failure.away ? exit_code::unknown : exit_code::failed);
}

}  // namespace trunkline::ctl
