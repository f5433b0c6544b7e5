// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/log/log.hpp"
#include "common/redis/connection.hpp"
#include "gateway/counters.hpp"

namespace trunkline::gateway {

// Publishes this process to Redis for `trunkline queue`: its process info, renewed every 2 s, and
// its counters per minute. The process info is deleted on an orderly exit, and expires 30 s after
// the last update. Uses a separate connection, outside the path of deliveries. Counts that Redis
// does not accept are kept and sent later.
class heartbeat {
 public:
  using process_info = std::vector<std::pair<std::string, std::string>>;
  struct options {
    redis::connection_options connection;
    std::string stream_namespace;
    // Id of this process, part of its key.
    std::string id;
  };
  // Returns the current fields of the process info.
  using info_source = std::function<process_info()>;
  // Returns the counts of all threads since the start.
  using totals_source = std::function<counter_totals()>;

  heartbeat(boost::asio::io_context&, options, info_source, totals_source, logger);
  ~heartbeat();
  void start();
  // Publishes immediately.
  void publish();
  // Publishes for the last time before the exit, with all remaining counts.
  void finish();
  // Returns true once all commands of the last publish() have a reply.
  bool settled() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
