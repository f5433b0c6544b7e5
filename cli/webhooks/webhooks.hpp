// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include "admin/batches.hpp"
#include "cli/output.hpp"
#include "common/cli/config.hpp"
#include "openphone/connect.hpp"

// What the verbs of `trunkline webhooks` share.
namespace trunkline::cli {

// --api: "all", "v1" or "2026-03-30".
void declare_generation(config::option_set&, std::string& target, bool all_allowed);
std::vector<openphone::generation> generations_of(const std::string& api);

// --user: v1 keeps webhooks by user.
void declare_user(config::option_set&, std::string& target);

// https://HOST/PATH without spaces; a message, or empty.
std::string check_hook_url(const std::string& url);

// The failure as a line on stderr: exit code 3 if the provider is away, else 1.
int report_error(const std::string& command, const openphone::failure&);

// Connects and runs; without an API key it is a configuration problem.
int with_api(
    const std::string& command, const openphone::settings&,
    const std::function<int(openphone::api&)>& run
);

// The webhook with that id.
openphone::answer<openphone::webhook> find_hook(openphone::api&, const std::string& id);

// So long ago, as the provider writes times.
std::string utc_before(std::chrono::milliseconds age);

// "a,b", for a terminal.
std::string joined(const std::vector<std::string>& words);

// Without the key.
json_object to_json(const openphone::webhook&);

}  // namespace trunkline::cli
