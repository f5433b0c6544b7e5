// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string>

#include "common/log/log.hpp"
#include "common/redis/connection.hpp"
#include "gateway/durability.hpp"
#include "gateway/memory_shedding.hpp"
#include "gateway/redis_health.hpp"

namespace boost::asio {
class io_context;
}

namespace trunkline::gateway {

// Observes the Redis server of one connection: persistence settings every 2 s; memory, role and
// PING every 250 ms. Logs what changes. Used on the thread of the io_context only.
class server_monitor {
 public:
  struct handlers {
    // The result of rejection() or problem() may have changed.
    std::function<void()> changed;
    // The server requires a login again; only a new connection authenticates.
    std::function<void()> login_required;
  };

  // The connection may be constructed after the monitor, but must exist before start().
  server_monitor(
      boost::asio::io_context&, redis::connection&, bool require_always, logger, handlers
  );

  void start();
  void stop();
  void on_connected();
  void on_disconnected();
  health_monitor& health() { return health_; }

  // Returns the outcome that every delivery has now, or nullopt if deliveries may be sent.
  std::optional<outcome> rejection() const {
    if (!connection_.connected() || !settings_known_) return outcome::not_connected;
    if (require_always_ && durability_.level == durability::weaker) return outcome::weak_durability;
    if (memory_.shedding()) return outcome::shedding;
    return {};
  }
  // Returns the problem that a delivery would probably meet.
  std::optional<redis_problem> problem() const {
    return health_.at(std::chrono::steady_clock::now());
  }
  // Returns the settings of the current server, or null until they have been read.
  const durability_reading* durability_read() const {
    return settings_known_ ? &durability_ : nullptr;
  }

 private:
  using reply_handler = void (server_monitor::*)(const redis::reply&);

  void schedule();
  void read_settings();
  void poll();
  void request(const std::string& command, reply_handler);
  void on_settings(const redis::reply&);
  void on_memory(const redis::reply&);
  void on_replication(const redis::reply&);
  void on_ping(const redis::reply&);

  redis::connection& connection_;
  const bool require_always_;
  const logger log_;
  const handlers handlers_;
  boost::asio::steady_timer timer_;
  bool stopped_ = true;
  int polls_ = 0;
  int pending_replies_ = 0;
  // State of the current connection.
  bool settings_known_ = false;
  durability_reading durability_;
  memory_monitor memory_;
  health_monitor health_;
  std::string logged_settings_;
  bool shedding_logged_ = false;
  bool problem_logged_ = false;
};

}  // namespace trunkline::gateway
