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
  int threads = 3;  // each with its own connections: some read and parse while another commits
  std::string ops_listen = "127.0.0.1:5002";

  // Reading
  int batch = 500;                                // entries
  std::uint64_t batch_bytes = 4u << 20;           // of bodies; the last read may exceed it
  std::chrono::milliseconds block{1000};          // wait of one read on an empty stream
  std::chrono::milliseconds redis_timeout{5000};  // for a reply, on top of block

  // Rescue of what others left behind
  std::chrono::milliseconds claim_after{30'000};  // idle that long: its reader is gone
  std::chrono::milliseconds reclaim_interval{5000};
  int max_deliveries = 5;                              // without an outcome: dead, unprocessed
  std::chrono::milliseconds consumer_idle{3'600'000};  // empty consumers idle that long are removed

  // Retries
  std::chrono::milliseconds retry_base{10'000};
  std::chrono::milliseconds retry_cap{21'600'000};
  int max_attempts = 16;
  std::chrono::milliseconds retry_poll_interval{1000};
  std::chrono::milliseconds lease{60'000};

  // Holding
  std::chrono::milliseconds outage_backoff_min{100};
  std::chrono::milliseconds outage_backoff_max{30'000};  // for what a person has to mend
  std::chrono::milliseconds probe_interval_max{3000};    // for a server that is away

  // Postgres
  std::vector<std::string> own_numbers;  // E.164
  std::chrono::milliseconds postgres_lock_timeout{2000};
  std::chrono::milliseconds postgres_statement_timeout{10'000};
  std::chrono::milliseconds postgres_idle_timeout{15'000};  // idle_in_transaction_session_timeout
  std::chrono::milliseconds watchdog_grace{
      5000};  // past statement_timeout: the socket is shut down

  std::chrono::milliseconds heartbeat_interval{5000};
  std::chrono::milliseconds drain_timeout{10'000};
};

// The table of all of it.
void declare(config::option_set&, worker_options&);
config::program_text about();

}  // namespace trunkline::worker
