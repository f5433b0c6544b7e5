// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/redis/connection.hpp"

namespace trunkline::redis {

// Blocking Redis for workers and the operator's program: the connection above on a private
// io_context that is run until the reply or the deadline. Not thread-safe: one client a thread.
// Connects on first use, and again on the next use after a failure (no background thread: nothing
// happens between calls).
class client {
 public:
  struct result {
    failure why = failure::none;  // none: the reply is there (it may still be an error reply)
    redis::reply reply;
    std::string reason;  // of a failure: "connection refused"
    bool ok() const { return why == failure::none && !reply.is_error(); }
    std::string error(
    ) const;  // for people: "connection refused" or the error reply; empty when ok()
  };

  client(connection_options, logger);
  ~client();

  // deadline: from now until the reply; for BLOCK commands give block time + some.
  result execute(const std::vector<std::string>& args, std::chrono::milliseconds deadline);
  // All in one write; results in order. After the first failure the rest carry the same failure.
  std::vector<result> pipeline(
      const std::vector<std::vector<std::string>>& commands, std::chrono::milliseconds deadline
  );
  void close();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::redis
