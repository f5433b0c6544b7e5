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

// What `trunkline queue` shows of this process: its card in Redis, renewed every 2 s, gone with an
// orderly end or 30 s after the last one, and the figures of each minute. On a connection of its
// own, off the way of deliveries. What Redis does not take is kept and sent later.
class heartbeat {
 public:
  using card = std::vector<std::pair<std::string, std::string>>;
  struct options {
    redis::connection_options connection;
    std::string stream_namespace;
    std::string id;  // of this process, in its key
  };
  // The fields of the card as they are now, and what all threads counted since the start.
  using card_source = std::function<card()>;
  using figures_source = std::function<figures_sum()>;

  heartbeat(boost::asio::io_context&, options, card_source, figures_source, logger);
  ~heartbeat();
  void start();
  void beat();    // at once
  void finish();  // the last one before the end: this process takes no figures with it
  // True when all commands of the last beat are answered.
  bool settled() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
