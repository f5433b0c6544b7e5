// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cli/output.hpp"
#include "cli/webhooks/webhooks.hpp"

namespace trunkline::cli {

struct creation {
  // With its signing key.
  std::optional<openphone::webhook> webhook;
  // Ids of webhooks that were created, but whose key was in a lost response.
  std::vector<std::string> lost;
  // Exit code if there is no webhook; the failure was reported on stderr.
  int code = 0;
};
// Creates a webhook. If the outcome of the request is unknown, lists the webhooks and compares them
// with `before`: the list of v1 contains the key, a webhook of the current API has to be deleted.
creation create_webhook(
    const std::string& command, openphone::api&, openphone::generation,
    const std::vector<openphone::webhook>& before, const openphone::new_webhook& wanted
);

}  // namespace trunkline::cli
