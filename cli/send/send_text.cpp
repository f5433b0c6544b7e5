// SPDX-License-Identifier: Apache-2.0
#include "cli/send/send_text.hpp"

#include <algorithm>

#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

constexpr std::size_t name_width = 25;  // call.recording.completed and a blank

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

const char* word_of(step::verdict result) {
  switch (result) {
    case step::verdict::ok:
      return "ok";
    case step::verdict::failed:
      return "failed";
    case step::verdict::away:
      return "unknown";
  }
  return "unknown";
}

}  // namespace

std::string line_of(const step& done) {
  std::string line = done.result == step::verdict::ok ? "ok    " : "FAIL  ";
  const std::string name = printable(done.name);
  line += name + std::string(name.size() < name_width ? name_width - name.size() : 1, ' ');
  if (!done.delivery_id.empty())
    line += (done.accepted ? "accepted as " : "refused, delivery ") + printable(done.delivery_id);
  if (!done.state.empty()) {
    line += done.state == "processed" ? ", stored in " : ", " + done.state + " after ";
    line += std::to_string(done.stored_ms) + " ms";
  }
  if (!done.note.empty()) line += (done.delivery_id.empty() ? "" : ": ") + printable(done.note);
  return line;
}

std::string line_of(const cleanup& rows) {
  if (rows.kept) return "kept  rows with ids " + rows.prefix + "...";
  if (rows.problem.empty()) return "      rows of this run removed again";
  return "FAIL  rows with ids " + rows.prefix + "... may be left: " + printable(rows.problem);
}

std::string json_of(const std::vector<step>& steps, const std::optional<cleanup>& rows) {
  using text = std::optional<std::string>;
  const auto unless_empty = [](const std::string& value) {
    return value.empty() ? text() : text(value);
  };
  std::vector<json_object> list;
  for (const step& each : steps) {
    list.emplace_back()
        .text("name", printable(each.name))
        .text("result", std::string(word_of(each.result)))
        .boolean("accepted", each.accepted)
        .text("delivery_id", unless_empty(each.delivery_id))
        .text("state", unless_empty(each.state))
        .number(
            "stored_ms",
            each.state.empty() ? std::nullopt : std::optional<std::int64_t>(each.stored_ms)
        )
        .text("note", each.note.empty() ? text() : text(printable(each.note)));
  }
  const bool ok = std::all_of(steps.begin(), steps.end(), [](const step& each) {
    return each.result == step::verdict::ok;
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
    const std::string& url, const signed_delivery& delivery, const std::string& data
) {
  std::string out = "curl -X POST " + shell_quoted(url);
  out += " \\\n  -H 'Content-Type: application/json'";
  for (const auto& [name, value] : delivery.fields)
    out += " \\\n  -H " + shell_quoted(name + ": " + value);
  return out + " \\\n  --data-binary " + shell_quoted(data);
}

}  // namespace trunkline::cli
