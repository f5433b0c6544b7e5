// SPDX-License-Identifier: Apache-2.0
#include "worker/readiness.hpp"

#include <cstdio>

namespace trunkline::worker {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

ops::answer answer_ops(const status_board& board, std::string_view path) {
  if (path == "/livez") return {200, "{\"alive\":true}\n"};
  if (path != "/readyz") return {404, "{\"error\":\"not found\"}\n"};
  const auto state = board.state();
  std::string reasons;
  for (const auto& reason : board.reasons())
    reasons += (reasons.empty() ? "" : ",") + quoted(reason);
  const bool ready = state == "running";
  return {
      ready ? 200 : 503, std::string("{\"ready\":") + (ready ? "true" : "false") + ",\"state\":\"" +
                             state + "\",\"reasons\":[" + reasons + "]}\n"};
}

}  // namespace trunkline::worker
