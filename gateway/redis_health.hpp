// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/redis/connection.hpp"
#include "gateway/outcome.hpp"

namespace trunkline::gateway {

// What an error reply of Redis is counted as.
outcome outcome_of_error(std::string_view error_code);
outcome outcome_of(redis::failure);

struct redis_trouble {
  outcome what;
  std::string text;  // for people

  bool operator==(const redis_trouble&) const = default;
};

// Why Redis would refuse the next delivery, as far as it tells: by what became of the last ones,
// and, where none come, by its answers to PING (refused as a write is while Redis can't write to
// its disk or loads, but for the rights of the user) and to INFO replication.
class trouble_watch {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  void on_appended() { append_.reset(); }
  // Holds for a while: one that succeeds in between ends it.
  redis_trouble on_append_refused(const redis::reply&, time_point now);
  void on_ping(const redis::reply&);
  void on_replication(const redis::reply& info);
  void forget_looks() { ping_.reset(), replica_.reset(); }  // another server may come next

  std::optional<redis_trouble> seen() const { return ping_ ? ping_ : replica_; }  // by looking
  std::optional<redis_trouble> at(time_point now) const;

 private:
  std::optional<redis_trouble> append_, ping_, replica_;
  time_point append_until_;
};

}  // namespace trunkline::gateway
