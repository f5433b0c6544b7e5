// SPDX-License-Identifier: Apache-2.0
#include "gateway/readiness.hpp"

#include "common/text/json_quote.hpp"

namespace trunkline::gateway {
namespace {

probes::response not_ready(std::string_view reason, std::string_view detail) {
  std::string body = R"({"ready":false,"reason":)" + probes::json_quote(reason);
  if (!detail.empty()) body += ",\"detail\":" + probes::json_quote(detail);
  return {503, body + "}"};
}

probes::response readiness(bool draining, const std::vector<queue_state>& queues) {
  if (draining) return not_ready("draining", "");
  for (const auto& queue : queues)
    if (!queue.accepting) return not_ready(to_string(queue.reason), queue.error);
  std::string body = R"({"ready":true)";
  if (!queues.empty())
    body += ",\"durability\":" + probes::json_quote(to_string(queues.front().level));
  return {200, body + "}"};
}

}  // namespace

probes::response respond_to_probe(
    std::string_view path, bool draining, const std::vector<queue_state>& queues
) {
  if (path == "/livez") return {200, R"({"live":true})"};
  if (path == "/readyz") return readiness(draining, queues);
  return {404, R"({"error":"not found"})"};
}

}  // namespace trunkline::gateway
