// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

#include "admin/doctor/findings.hpp"
#include "common/process/common_options.hpp"
#include "common/signature/key_sources.hpp"
#include "openphone/connect.hpp"

// The checks of `trunkline doctor`. None changes anything, and each is bounded in time.
namespace trunkline::admin {

struct doctor_options {
  config::common_options common;
  signature::key_sources keys;
  std::string url = "http://127.0.0.1:5000/api/webhooks/openphone";  // of the gateway
  std::string ops_url;     // of the gateway's /readyz, or ""
  std::string public_url;  // that the provider sends to, or ""
  openphone::settings api;
};

// Runs all checks at the same time and returns within two seconds. A server that hangs is reported
// as unreachable.
findings examine_all(const doctor_options&);

inline constexpr std::chrono::milliseconds doctor_budget{1500};

findings examine_redis(const config::common_options&);
findings examine_postgres(const config::common_options&);
// Reads the process info of gateways and workers.
findings examine_processes(const config::common_options&);
findings examine_keys(const signature::key_sources&);
// Sends the gateway a delivery with an invalid signature.
findings examine_gateway(const std::string& url, const std::string& ops_url);
// Checks whether webhooks of the provider send all events to the public URL. Adds a note if there
// is no API key.
findings examine_webhooks(const openphone::settings&, const std::string& public_url);

// Checks the clock of a server, which is ahead of this machine's by the seconds given.
finding judge_clock(const std::string& check, const std::string& server, double ahead_seconds);

}  // namespace trunkline::admin
