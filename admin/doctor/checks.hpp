// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

#include "common/process/common_options.hpp"
#include "common/signature/key_sources.hpp"
#include "admin/doctor/findings.hpp"
#include "openphone/connect.hpp"

// The examinations of `trunkline doctor`, one file each. Every one bounded in time, none changes
// anything.
namespace trunkline::admin {

inline constexpr std::chrono::milliseconds doctor_budget{1500};

findings examine_redis(const config::common_options&);
findings examine_postgres(const config::common_options&);
findings examine_processes(const config::common_options&);  // the cards of gateways and workers
findings examine_keys(const signature::key_sources&);
// url: where deliveries are sent; ops_url: /readyz, or "".
findings examine_gateway(const std::string& url, const std::string& ops_url);

// public_url: what the provider is to call, or "" if that was not said. Without an API key a note.
findings examine_webhooks(const openphone::settings&, const std::string& public_url);
findings provider_is_late();  // instead of it

// "2.1 s ahead" of this machine's clock, and how bad that is.
finding judge_clock(const std::string& check, const std::string& server, double ahead_seconds);

}  // namespace trunkline::admin
