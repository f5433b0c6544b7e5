// SPDX-License-Identifier: Apache-2.0
#include "admin/doctor/findings.hpp"

#include <algorithm>

#include "common/json/json_object.hpp"

namespace trunkline::admin {

std::string to_string(level severity) {
  switch (severity) {
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

std::size_t count(const findings& from, level severity) {
  return static_cast<std::size_t>(std::count_if(
      from.all().begin(), from.all().end(),
      [&](const finding& each) { return each.severity == severity; }
  ));
}

void findings::unreachable(std::string check, std::string what, std::string fix) {
  all_.push_back(
      {std::move(check), level::error, std::move(what), "nothing works without it", std::move(fix),
       true}
  );
}

void findings::append(findings more) {
  for (auto& each : more.all_) all_.push_back(std::move(each));
}

doctor_status findings::status() const {
  if (std::any_of(all_.begin(), all_.end(), [](const finding& each) { return each.unreachable; }))
    return doctor_status::unknown;
  if (count(*this, level::error) > 0) return doctor_status::error;
  return count(*this, level::warning) > 0 ? doctor_status::warning : doctor_status::ok;
}

std::string as_json(const findings& found) {
  std::vector<json_object> rows;
  const auto known = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  for (const auto& each : found.all())
    rows.push_back(json_object()
                       .text("check", each.check)
                       .text("level", to_string(each.severity))
                       .text("what", each.what)
                       .text("reason", known(each.reason))
                       .text("fix", known(each.fix)));
  const auto number = [&](level severity) {
    return static_cast<std::int64_t>(count(found, severity));
  };
  return json_object()
             .number("errors", number(level::error))
             .number("warnings", number(level::warning))
             .number("notes", number(level::note))
             .list("findings", rows)
             .str() +
         "\n";
}

}  // namespace trunkline::admin
