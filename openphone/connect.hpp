// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "openphone/api.hpp"

// Options of the provider's API, and a client made from them.
namespace trunkline::openphone {

struct settings {
  std::string api_url = "https://api.quo.com";
  std::string key_file;
  std::string ca_file;
  std::chrono::milliseconds timeout{10000};
};

struct connected {
  std::unique_ptr<openphone::api> api;
  // Set if api is null: the API key is missing or invalid.
  std::string error;
};
connected connect(const settings&, retry_notice = {});
// Returns true if an API key is configured, valid or not.
bool has_key(const settings&);

}  // namespace trunkline::openphone
