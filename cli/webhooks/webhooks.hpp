// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include "admin/webhooks/webhook_error.hpp"
#include "cli/output.hpp"
#include "common/cli/config.hpp"
#include "openphone/connect.hpp"

// Shared parts of the commands `trunkline webhooks ...` and `trunkline recordings`.
namespace trunkline::cli {

// Registers --api: "all", "v1" or "2026-03-30".
void declare_generation(config::option_set&, std::string& target, bool all_allowed);
std::vector<openphone::generation> generations_of(const std::string& api);

// Registers --user, because v1 lists webhooks by user.
void declare_user(config::option_set&, std::string& target);

// Returns an error unless the URL is https://HOST/PATH without spaces.
std::string check_webhook_url(const std::string& url);

// Reports the failure on stderr. Returns exit code 3 if a server is unreachable, else 1.
int report_error(const std::string& command, const openphone::failure&);
int report_error(const std::string& command, const webhook_error&);

// Connects and calls run. Without a valid API key it returns exit code 78.
int with_api(
    const std::string& command, const openphone::settings&,
    const std::function<int(openphone::api&)>& run
);

openphone::result<openphone::webhook> find_webhook(openphone::api&, const std::string& id);

// Returns "a,b", printable.
std::string joined(const std::vector<std::string>& words);

}  // namespace trunkline::cli
