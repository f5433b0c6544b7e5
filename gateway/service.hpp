// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "common/log/log.hpp"
#include "gateway/options.hpp"

namespace trunkline::gateway {

// The program between configuration and exit: it connects the I/O threads, the listener that
// assigns connections to them, the heartbeat and the ops listener.
class service {
 public:
  // Binds and starts everything except accepting connections. Throws std::runtime_error with a
  // human-readable message.
  service(const options&, logger);
  ~service();

  // Serves until a drain is complete.
  void run();
  // Any thread may call drain() and reload(). drain() makes the gateway not ready, keeps serving
  // for --drain-delay, and then finishes the open connections within 10 s.
  void drain();
  // Reads the signing keys again. An invalid source changes nothing.
  void reload();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
