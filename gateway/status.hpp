// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "common/probes/probe_server.hpp"
#include "gateway/counters.hpp"
#include "gateway/heartbeat.hpp"
#include "gateway/io_thread.hpp"
#include "gateway/listener.hpp"
#include "gateway/options.hpp"

namespace trunkline::gateway {

// Summarises the I/O threads for `trunkline queue`, the ops listener and the supervisor. Any thread
// may call the members.
class status {
 public:
  status(
      const options&, const listener&, const std::vector<std::unique_ptr<io_thread>>&,
      std::string process_id
  );

  // Returns the state of the first queue that does not accept deliveries, otherwise of the last.
  queue_state worst_queue() const;
  counter_totals totals() const;
  // Returns the fields of this process for `trunkline queue`.
  heartbeat::process_info process_info(bool draining) const;
  // Returns the response of the ops listener.
  probes::response respond(std::string_view path, bool draining) const;
  // Sends the state to the supervisor, and pings its watchdog if every thread is responsive.
  void notify_supervisor(bool draining) const;
  const std::string& process_id() const { return process_id_; }

 private:
  const options& options_;
  const listener& listening_;
  const std::vector<std::unique_ptr<io_thread>>& threads_;
  const std::string process_id_;
  const std::int64_t started_ms_;
};

// Returns an id that is never used again: a restarted container may get the same host name and pid.
std::string make_process_id();

}  // namespace trunkline::gateway
