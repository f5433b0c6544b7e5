// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/cli/config.hpp"
#include "common/signature/key_sources.hpp"
#include "gateway/session_settings.hpp"

namespace trunkline::gateway {

struct options {
  config::common_options common;
  std::string listen = "127.0.0.1:5000";
  std::string ops_listen = "127.0.0.1:5001";
  int threads = default_threads();

  signature::key_sources keys{.option = "--signing-key", .texts = {}, .file = {}};
  std::chrono::milliseconds legacy_max_age{std::chrono::hours{72}};
  std::chrono::milliseconds max_clock_skew{std::chrono::minutes{5}};

  std::string durability = "always";
  std::chrono::milliseconds redis_deadline{1000};
  // Limit per thread.
  int max_in_flight = 1024;

  int max_connections = 1000;
  std::uint64_t max_header = 16u << 10;
  std::uint64_t max_body = 1u << 20;
  std::chrono::milliseconds header_timeout{5000};
  std::chrono::milliseconds body_timeout{10000};
  std::chrono::milliseconds idle_timeout{60000};
  int max_requests_per_connection = 1000;
  std::chrono::milliseconds drain_delay{3000};

  // Returns 2, or 1 on one processor. One thread reads far more than Redis syncs to disk; a second
  // one keeps responding while the first reads a large body. More threads only split the deliveries
  // that share one sync.
  static int default_threads();
  session_settings sessions() const;
};

// Registers every option with its checks.
void declare(config::option_set&, options& target);
extern const config::program_text program;

}  // namespace trunkline::gateway
