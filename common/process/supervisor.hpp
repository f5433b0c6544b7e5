// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// The protocol of systemd between a supervisor and a program: sd_notify(3), sd_listen_fds(3),
// sd_watchdog_enabled(3). Without a supervisor every call does nothing. Does not use libsystemd,
// which would add three compressors and a cipher library to the process that faces the internet
// (docs/decisions/0013).
namespace trunkline::supervisor {

// Reads and removes the variables of the supervisor, so that no child inherits them. Must be called
// in main() before any thread starts.
void read_environment();

// Sends fields such as "READY=1" or "STOPPING=1", separated by newlines. Never blocks and never
// throws: if the queue of the supervisor is full, the fields are sent with the next call. Any
// thread.
void notify(std::string_view state);

// Sends STATUS=, a line of `systemctl status`, if it has changed. Should be called about once per
// second, because it also sends the fields that could not be sent before. Any thread.
void set_status(const std::string& text);

// Returns the maximum interval between two WATCHDOG=1, or nullopt without a watchdog.
std::optional<std::chrono::microseconds> watchdog_limit();

// Sends WATCHDOG=1 when half of the limit has passed since the last one. Any thread.
void ping_watchdog();

// Returns the listening socket that was passed (close-on-exec), or -1 if there is none. Throws
// std::runtime_error if there are several.
int passed_socket();

}  // namespace trunkline::supervisor
