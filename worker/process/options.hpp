// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/cli/config.hpp"

namespace trunkline::worker {

struct worker_options {
  config::common_options common;
  // Several, so that one reads and parses while another commits.
  int threads = 3;
  std::string ops_listen = "127.0.0.1:5002";

  // Reading
  int batch = 500;
  // Limit of the size of bodies. The last read may exceed it.
  std::uint64_t batch_bytes = 4u << 20;
  // Wait of one read on an empty stream.
  std::chrono::milliseconds block{1000};
  // For a reply, in addition to block.
  std::chrono::milliseconds redis_timeout{5000};

  // Reclaiming
  // Entries idle for this long are reclaimed.
  std::chrono::milliseconds claim_after{30'000};
  std::chrono::milliseconds reclaim_interval{5000};
  // Deliveries without an outcome that make an entry a dead letter.
  int max_deliveries = 5;
  // Empty consumers idle for this long are removed.
  std::chrono::milliseconds consumer_idle{3'600'000};

  // Retries
  std::chrono::milliseconds retry_base{10'000};
  std::chrono::milliseconds retry_cap{21'600'000};
  int max_attempts = 16;
  std::chrono::milliseconds retry_poll_interval{1000};
  std::chrono::milliseconds lease{60'000};

  // Outages
  std::chrono::milliseconds outage_backoff_min{100};
  // For failures that an operator has to fix.
  std::chrono::milliseconds outage_backoff_max{30'000};
  // For an unavailable server.
  std::chrono::milliseconds probe_interval_max{3000};

  // PostgreSQL
  // In E.164.
  std::vector<std::string> own_numbers;
  std::chrono::milliseconds postgres_lock_timeout{2000};
  std::chrono::milliseconds postgres_statement_timeout{10'000};
  // idle_in_transaction_session_timeout
  std::chrono::milliseconds postgres_idle_timeout{15'000};
  // Time beyond postgres_statement_timeout before the socket is shut down.
  std::chrono::milliseconds watchdog_grace{5000};

  std::chrono::milliseconds heartbeat_interval{5000};
  std::chrono::milliseconds drain_timeout{10'000};
};

// Declares every option.
void declare(config::option_set&, worker_options&);
config::program_text about();

}  // namespace trunkline::worker
