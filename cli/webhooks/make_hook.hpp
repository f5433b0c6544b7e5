// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cli/output.hpp"
#include "cli/webhooks/webhooks.hpp"

// Making a webhook, when the answer that alone tells its key may be lost on the way.
namespace trunkline::cli {

struct making {
  std::optional<openphone::webhook> hook;  // with its key
  std::vector<std::string> lost;          // id of one that was made, but whose key nobody knows
  int code = 0;                           // without hook: the exit code, all told on stderr
};
// before: the webhooks that were there. After an unclear failure the provider is asked what there
// is now: with v1 the list tells the key, else the webhook has to go.
making make_hook(
    const std::string& command, openphone::api&, openphone::generation,
    const std::vector<openphone::webhook>& before, const openphone::new_webhook& wanted
);

}  // namespace trunkline::cli
