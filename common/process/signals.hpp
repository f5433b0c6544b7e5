// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>

namespace trunkline {

// SIGPIPE ignored, core dumps off. The first thing every main does.
void prepare_process();

// Delivers SIGTERM/SIGINT, SIGHUP and SIGUSR1 as calls on one thread of its own (no work in a
// signal handler). Construct before any other thread, so that all of them inherit the blocked mask.
// The second SIGTERM or SIGINT leaves the process at once with _exit(1).
class signal_watcher {
 public:
  struct handlers {
    std::function<void()> terminate;     // first SIGTERM or SIGINT
    std::function<void()> reload;        // SIGHUP
    std::function<void()> toggle_debug;  // SIGUSR1
  };
  signal_watcher();      // blocks the signals, starts nothing
  void start(handlers);  // from now on signals are delivered; those that came before, too
  ~signal_watcher();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline
