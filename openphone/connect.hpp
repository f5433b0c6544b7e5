// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "openphone/api.hpp"

// Where the provider is and with which key, for the verbs that speak with it.
namespace trunkline::openphone {

struct settings {
  std::string api_url = "https://api.quo.com";
  std::string key_file;
  std::string ca_file;
  std::chrono::milliseconds timeout{10000};
};

struct connected {
  std::unique_ptr<openphone::api> api;
  std::string problem;  // why there is none: the key is missing or is none
};
connected connect(const settings&, retry_notice = {});
// Whether a key is configured at all, for who would only use it.
bool has_key(const settings&);

}  // namespace trunkline::openphone
