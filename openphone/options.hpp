// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/cli/config.hpp"
#include "openphone/api.hpp"

// Where the provider is and with which key, for the verbs that speak with it.
namespace trunkline::provider {

struct settings {
  std::string api_url = "https://api.quo.com";
  std::string key_file;
  std::string ca_file;
  std::chrono::milliseconds timeout{10000};
};
// Registers --api-url, --api-key-file, --ca-file and --api-timeout. The key itself has no flag: a
// command line is for all to read.
void declare(config::option_set&, settings& target);

struct connected {
  std::unique_ptr<provider::api> api;
  std::string problem;  // why there is none: the key is missing or is none
};
connected connect(const settings&, retry_notice = {});
// Whether a key is configured at all, for who would only use it.
bool has_key(const settings&);

}  // namespace trunkline::provider
