// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/redis/connection.hpp"

namespace trunkline::redis {

// A blocking Redis client: a connection on a private io_context that runs until the reply or the
// deadline. Not thread-safe: use one client per thread. Connects on first use, and again on the
// next use after a failure. Without a background thread, nothing happens between calls.
class client {
 public:
  struct result {
    // failure::none if there is a reply, which may be an error reply.
    failure why = failure::none;
    redis::reply reply;
    // Reason of a failure, such as "connection refused".
    std::string reason;
    bool ok() const { return why == failure::none && !reply.is_error(); }
    // Returns the reason or the error reply as human-readable text; empty if ok().
    std::string error() const;
  };

  client(connection_options, logger);
  ~client();

  // deadline limits the time to the reply. For BLOCK commands it must exceed the block time.
  result execute(const std::vector<std::string>& args, std::chrono::milliseconds deadline);
  // Sends all commands in one write and returns the results in order. After the first failure the
  // remaining results have the same failure.
  std::vector<result> pipeline(
      const std::vector<std::vector<std::string>>& commands, std::chrono::milliseconds deadline
  );
  void close();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::redis
