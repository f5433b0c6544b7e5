// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/redis/connection.hpp"
#include "gateway/outcome.hpp"

namespace trunkline::gateway {

// Returns the outcome that an error reply of Redis is counted as.
outcome outcome_of_error(std::string_view error_code);
outcome outcome_of(redis::failure);

struct redis_problem {
  outcome value;
  // Human-readable.
  std::string text;

  bool operator==(const redis_problem&) const = default;
};

// Predicts whether Redis would reject the next delivery: from the replies to the last deliveries
// and, if there are none, from PING and INFO replication. Redis rejects PING as it rejects a write
// while it cannot write to its disk or loads its data.
class health_monitor {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  void on_appended() { append_.reset(); }
  // The returned problem lasts for 2 s, or until a delivery is appended.
  redis_problem on_append_rejected(const redis::reply&, time_point now);
  void on_ping(const redis::reply&);
  void on_replication(const redis::reply& info);
  // After a disconnect: the next connection may reach another server.
  void forget_observed() { ping_.reset(), replica_.reset(); }

  // Returns the problem that PING and INFO show.
  std::optional<redis_problem> observed() const { return ping_ ? ping_ : replica_; }
  // Returns the problem that a delivery would meet now.
  std::optional<redis_problem> at(time_point now) const;

 private:
  std::optional<redis_problem> append_, ping_, replica_;
  time_point append_until_;
};

}  // namespace trunkline::gateway
