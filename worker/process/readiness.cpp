// SPDX-License-Identifier: Apache-2.0
#include "worker/process/readiness.hpp"

#include "common/metrics/exposition.hpp"
#include "common/text/json_quote.hpp"

namespace trunkline::worker {

probes::response probe_response(
    const thread_status& status, const totals& counts, std::string_view path
) {
  if (path == "/livez") return {200, "{\"live\":true}\n"};
  if (path == "/metrics") return {200, metrics_page(counts), metrics::content_type};
  if (path != "/readyz") return {404, "{\"error\":\"not found\"}\n"};
  const auto state = status.state();
  std::string reasons;
  for (const auto& reason : status.reasons())
    reasons += (reasons.empty() ? "" : ",") + probes::json_quote(reason);
  const bool ready = status.ready();
  const auto note = status.note();
  return {
      ready ? 200 : 503, std::string("{\"ready\":") + (ready ? "true" : "false") + ",\"state\":\"" +
                             state + "\",\"reasons\":[" + reasons + "]" +
                             (note.empty() ? "" : ",\"note\":" + probes::json_quote(note)) + "}\n"};
}

std::string status_line(const thread_status& status) {
  std::string line = status.state();
  if (line == "starting") return line;
  if (line == "paused") return "paused " + status.note();
  for (const auto& reason : status.reasons())
    line += (line.find(':') == std::string::npos ? ": " : "; ") + reason;
  return line;
}

}  // namespace trunkline::worker
