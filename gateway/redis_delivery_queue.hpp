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
  // Key of the stream.
  std::string key;
  // Maximum deliveries that are sent and have no reply yet.
  int max_in_flight = 1024;
  // --durability always: rejects deliveries while Redis is known to be weaker.
  bool require_always = true;
};

// The state of a queue for observers on other threads.
struct queue_state {
  bool accepting = false;
  // Set if not accepting.
  outcome reason = outcome::not_connected;
  // Set if not accepting: a human-readable reason.
  std::string error;
  durability level = durability::unknown;
  // As in durability_reading.
  std::string settings;
  std::int64_t reconnects = 0;
};

// Appends deliveries to the stream over a few pipelined connections of one I/O thread. Rejects
// deliveries until the persistence settings of the connected server have been read. A
// server_monitor observes the server. All calls but state() on the thread of the io_context.
class redis_delivery_queue final : public delivery_queue {
 public:
  redis_delivery_queue(boost::asio::io_context&, redis_queue_options, const logger&);
  ~redis_delivery_queue() override;

  void start();
  void stop();
  std::optional<outcome> append(const stream::delivery&, std::string_view body, callback) override;
  // Any thread may call it.
  queue_state state() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
