// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/webhook_json.hpp"

namespace trunkline::admin {

json_object to_json(const openphone::webhook& webhook) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional(value);
  };
  return json_object()
      .text("id", webhook.id)
      .text("api", std::string(openphone::to_string(webhook.api_generation)))
      .text("status", text(webhook.status))
      .text("url", webhook.url)
      .text("label", text(webhook.label))
      .text("user", text(webhook.user))
      .strings("events", webhook.events)
      .strings("resources", webhook.resources)
      .text("created_at", text(webhook.created_at));
}

std::string as_json(const std::vector<openphone::webhook>& webhooks) {
  std::vector<json_object> rows;
  for (const auto& webhook : webhooks) rows.push_back(to_json(webhook));
  return json_object().list("webhooks", rows).str();
}

}  // namespace trunkline::admin
