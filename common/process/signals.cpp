// SPDX-License-Identifier: Apache-2.0
#include "common/process/signals.hpp"

#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

namespace trunkline {
namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) sigaddset(&set, s);
  return set;
}

}  // namespace

void prepare_process() {
  std::signal(SIGPIPE, SIG_IGN);
  // The memory has signing keys, phone numbers and message texts.
  prctl(PR_SET_DUMPABLE, 0);
}

struct signal_watcher::impl {
  handlers calls;
  std::atomic<bool> stopping{false};
  std::thread thread;

  void run() const {
    const sigset_t set = watched();
    for (bool terminating = false;;) {
      int signal = 0;
      if (sigwait(&set, &signal) != 0) continue;
      // The destructor sends SIGUSR2 to end the thread; from another process it is ignored.
      if (signal == SIGUSR2) {
        if (stopping) return;
        continue;
      }
      if (signal == SIGHUP) {
        if (calls.reload) calls.reload();
      } else if (signal == SIGUSR1) {
        if (calls.toggle_debug) calls.toggle_debug();
      } else {
        if (terminating) _exit(1);
        terminating = true;
        if (calls.terminate) calls.terminate();
      }
    }
  }
};

signal_watcher::signal_watcher() : impl_(std::make_unique<impl>()) {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void signal_watcher::start(handlers calls) {
  impl_->calls = std::move(calls);
  impl_->thread = std::thread([this] { impl_->run(); });
}

signal_watcher::~signal_watcher() {
  if (!impl_->thread.joinable()) return;
  impl_->stopping = true;
  pthread_kill(impl_->thread.native_handle(), SIGUSR2);
  impl_->thread.join();
}

}  // namespace trunkline
