// SPDX-License-Identifier: Apache-2.0
#include "cli/send/send_text.hpp"

#include <algorithm>

#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

constexpr std::size_t name_width = 25;  // of call.recording.completed and a space

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

const char* to_text(delivery_result::status result) {
  switch (result) {
    case delivery_result::status::ok:
      return "ok";
    case delivery_result::status::failed:
      return "failed";
    case delivery_result::status::unreachable:
      return "unknown";
  }
  return "unknown";
}

}  // namespace

std::string as_line(const delivery_result& done) {
  std::string line = done.result == delivery_result::status::ok ? "ok    " : "FAIL  ";
  const std::string name = printable(done.name);
  line += name + std::string(name.size() < name_width ? name_width - name.size() : 1, ' ');
  if (!done.delivery_id.empty())
    line += (done.accepted ? "accepted as " : "rejected, delivery ") + printable(done.delivery_id);
  if (!done.state.empty()) {
    line += done.state == "processed" ? ", stored in " : ", " + done.state + " after ";
    line += std::to_string(done.stored_ms) + " ms";
  }
  if (!done.note.empty()) line += (done.delivery_id.empty() ? "" : ": ") + printable(done.note);
  return line;
}

std::string as_line(const cleanup& rows) {
  if (rows.kept) return "kept  rows with ids " + rows.prefix + "...";
  if (rows.problem.empty()) return "      rows of this run removed";
  return "FAIL  rows with ids " + rows.prefix + "... may remain: " + printable(rows.problem);
}

std::string as_json(
    const std::vector<delivery_result>& results, const std::optional<cleanup>& rows
) {
  using text = std::optional<std::string>;
  const auto unless_empty = [](const std::string& value) {
    return value.empty() ? text() : text(value);
  };
  std::vector<json_object> list;
  for (const delivery_result& each : results) {
    list.emplace_back()
        .text("name", printable(each.name))
        .text("result", std::string(to_text(each.result)))
        .boolean("accepted", each.accepted)
        .text("delivery_id", unless_empty(each.delivery_id))
        .text("state", unless_empty(each.state))
        .number(
            "stored_ms",
            each.state.empty() ? std::nullopt : std::optional<std::int64_t>(each.stored_ms)
        )
        .text("note", each.note.empty() ? text() : text(printable(each.note)));
  }
  const bool ok = std::all_of(results.begin(), results.end(), [](const delivery_result& each) {
    return each.result == delivery_result::status::ok;
  });
  json_object out;
  out.boolean("ok", ok && (!rows || rows->problem.empty()));
  out.list("deliveries", list);
  if (rows) {
    out.text("ids", rows->prefix);
    out.boolean("removed", !rows->kept && rows->problem.empty());
    out.text("problem", unless_empty(rows->problem));
  }
  return out.str();
}

std::string curl_command(
    const std::string& url, const delivery_signature& signature, const std::string& data
) {
  std::string out = "curl -X POST " + shell_quoted(url);
  out += " \\\n  -H 'Content-Type: application/json'";
  for (const auto& [name, value] : signature.fields)
    out += " \\\n  -H " + shell_quoted(name + ": " + value);
  return out + " \\\n  --data-binary " + shell_quoted(data);
}

}  // namespace trunkline::cli
