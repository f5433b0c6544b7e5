// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "common/log/log.hpp"
#include "common/redis/connection.hpp"
#include "gateway/delivery_queue.hpp"
#include "gateway/durability.hpp"

namespace trunkline::gateway {

struct redis_queue_options {
  redis::connection_options connection;
  std::string key;             // of the stream
  int max_in_flight = 1024;    // deliveries sent and not answered yet
  bool require_always = true;  // --durability always: refuse while Redis is known to be weaker
};

// What an observer on another thread may know.
struct queue_state {
  bool accepting = false;
  outcome why = outcome::not_connected;  // not accepting only
  std::string error;                     // not accepting only: for people
  durability level = durability::unknown;
  std::string settings;  // as durability_reading
  std::int64_t reconnects = 0;
};

// Appends to the stream over a few pipelined connections, which belong to one I/O thread. Takes
// nothing before the persistence settings of this very connection's server were read; reads them
// again every 2 s, and looks every 250 ms at its memory and whether it would take a write. All
// calls but state() on the thread of the io_context.
class redis_delivery_queue final : public delivery_queue {
 public:
  redis_delivery_queue(boost::asio::io_context&, redis_queue_options, logger);
  ~redis_delivery_queue() override;

  void start();
  void stop();
  std::optional<outcome> append(const stream::delivery&, std::string_view body, callback) override;
  queue_state state() const;  // any thread

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
