// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>

namespace trunkline {

// Ignores SIGPIPE and disables core dumps. Every main() calls it first.
void prepare_process();

// Delivers SIGTERM, SIGINT, SIGHUP and SIGUSR1 as calls on its own thread, outside signal handlers.
// Must be constructed before any other thread, so that all threads inherit the blocked mask. The
// second SIGTERM or SIGINT calls _exit(1).
class signal_watcher {
 public:
  struct handlers {
    // The first SIGTERM or SIGINT.
    std::function<void()> terminate;
    // SIGHUP.
    std::function<void()> reload;
    // SIGUSR1.
    std::function<void()> toggle_debug;
  };
  // Blocks the signals and starts no thread.
  signal_watcher();
  // Delivers signals from now on, including those that arrived before.
  void start(handlers);
  ~signal_watcher();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline
