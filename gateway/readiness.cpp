// SPDX-License-Identifier: Apache-2.0
#include "gateway/readiness.hpp"

#include <cstdio>

namespace trunkline::gateway {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
      char escape[8];
      std::snprintf(
          escape, sizeof escape, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c))
      );
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

ops::answer not_ready(std::string_view reason, std::string_view detail) {
  std::string body = R"({"ready":false,"reason":)" + quoted(reason);
  if (!detail.empty()) body += ",\"detail\":" + quoted(detail);
  return {503, body + "}"};
}

ops::answer readiness(bool draining, const std::vector<queue_state>& queues) {
  if (draining) return not_ready("draining", "");
  for (const auto& queue : queues)
    if (!queue.accepting) return not_ready(to_string(queue.why), queue.error);
  std::string body = R"({"ready":true)";
  if (!queues.empty()) body += ",\"durability\":" + quoted(to_string(queues.front().level));
  return {200, body + "}"};
}

}  // namespace

ops::answer answer_probe(
    std::string_view path, bool draining, const std::vector<queue_state>& queues
) {
  if (path == "/livez") return {200, R"({"live":true})"};
  if (path == "/readyz") return readiness(draining, queues);
  return {404, R"({"error":"not found"})"};
}

}  // namespace trunkline::gateway
