// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace trunkline::gateway {

inline constexpr int listen_backlog = 1024;

// A listening socket, non-blocking and close-on-exec; whoever takes it closes it.
struct listening_socket {
  int fd = -1;
  std::string address;  // where it listens in fact
  std::string path;     // of a socket file that we made: to be removed at the end
  bool is_unix = false;
  bool passed = false;  // by a supervisor, which keeps it open when we are gone
};

// listen: HOST:PORT (port 0: the kernel picks one), unix:PATH, or "systemd": the one socket that
// systemd passed (trunkline-gateway.socket). Throws std::runtime_error naming the address and why.
listening_socket open_listening_socket(const std::string& listen);

// Empty if text has one of these forms, else what is wrong.
std::string check_listen(const std::string& text);

}  // namespace trunkline::gateway
