// SPDX-License-Identifier: Apache-2.0
#include "admin/doctor/findings.hpp"

#include <algorithm>

#include "common/json/json_object.hpp"

namespace trunkline::admin {
std::string word(level how) {
  switch (how) {
    case level::ok:
      return "ok";
    case level::note:
      return "note";
    case level::warning:
      return "warning";
    case level::error:
      break;
  }
  return "error";
}

std::size_t count(const findings& from, level how) {
  return static_cast<std::size_t>(std::count_if(
      from.all().begin(), from.all().end(), [&](const finding& each) { return each.how == how; }
  ));
}

void findings::append(findings more) {
  for (auto& each : more.all_) all_.push_back(std::move(each));
}

exit_code findings::verdict() const {
  if (std::any_of(all_.begin(), all_.end(), [](const finding& each) { return each.away; }))
    return exit_code::unknown;
  if (count(*this, level::error) > 0) return exit_code::failed;
  return count(*this, level::warning) > 0 ? exit_code::critical : exit_code::ok;
}

std::string as_json(const findings& found) {
  std::vector<json_object> rows;
  const auto known = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  for (const auto& each : found.all())
    rows.push_back(json_object()
                       .text("check", each.check)
                       .text("level", word(each.how))
                       .text("what", each.what)
                       .text("reason", known(each.reason))
                       .text("mend", known(each.mend)));
  const auto number = [&](level how) { return static_cast<std::int64_t>(count(found, how)); };
  return json_object()
             .number("errors", number(level::error))
             .number("warnings", number(level::warning))
             .number("notes", number(level::note))
             .list("findings", rows)
             .str() +
         "\n";
}

}  // namespace trunkline::admin
