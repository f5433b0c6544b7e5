// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "common/log/log.hpp"
#include "gateway/options.hpp"

namespace trunkline::gateway {

// The whole program between configuration and exit: I/O threads, the listener that deals
// connections to them, the heartbeat, the ops listener, and the way out.
class service {
 public:
  // Binds and starts everything but taking connections. Throws std::runtime_error with a message
  // for people.
  service(const options&, logger);
  ~service();

  void run();  // serves until a drain is complete
  // Any thread:
  void drain();   // unready now; serve on for --drain-delay; then finish what is there, within 10 s
  void reload();  // the keys file again; a bad one changes nothing

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
