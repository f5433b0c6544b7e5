// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cli/webhooks/webhooks.hpp"

// Making a webhook, when the answer that alone tells its key may be lost on the way.
namespace trunkline::ctl {

struct making {
  std::optional<provider::webhook> hook;  // with its key
  std::vector<std::string> lost;          // id of one that was made, but whose key nobody knows
  int code = 0;                           // without hook: the exit code, all told on stderr
};
// before: the webhooks that were there. After an unclear failure the provider is asked what there
// is now: with v1 the list tells the key, else the webhook has to go.
making make_hook(
    const std::string& command, provider::api&, provider::generation,
    const std::vector<provider::webhook>& before, const provider::new_webhook& wanted
);

}  // namespace trunkline::ctl
