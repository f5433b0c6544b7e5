// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// What systemd, or another supervisor that speaks its protocol, passes to a program and hears from
// it: sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3). Without one every call does nothing.
// Our own, since libsystemd would bring three compressors and a cipher library into the process
// that faces the internet (docs/decisions/0013).
namespace trunkline::supervisor {

// Takes what was passed out of the environment, so that no child inherits it. First in main, before
// any thread.
void read_environment();

// "READY=1", "STOPPING=1"; several by newlines. Never blocks, never fails loudly: what finds the
// supervisor's queue full goes along with the next call of any of these. Any thread.
void notify(std::string_view state);

// STATUS= if it is not what was said last: a line of `systemctl status`. Call it every second or
// so: what could not be said before goes along. Any thread.
void set_status(const std::string& text);

// How often WATCHDOG=1 is due at the least; none: nobody watches.
std::optional<std::chrono::microseconds> watchdog_limit();

// Sends WATCHDOG=1 when half of the limit has passed since the last one. Any thread.
void ping_watchdog();

// The listening socket that was passed, close-on-exec; -1: none. Throws std::runtime_error if there
// are several: only one is understood.
int passed_socket();

}  // namespace trunkline::supervisor
