// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace trunkline::gateway {

inline constexpr int listen_backlog = 1024;

// A listening socket, non-blocking and close-on-exec. The caller closes it.
struct listening_socket {
  int fd = -1;
  // The address that is bound, with the actual port.
  std::string address;
  // Path of a socket file that was created; the caller removes it.
  std::string path;
  bool is_unix = false;
  // A supervisor owns the socket and keeps it open after this process.
  bool passed = false;
};

// Opens HOST:PORT (port 0: any free port), unix:PATH, or "systemd": the one socket that systemd
// passed (trunkline-gateway.socket). Throws std::runtime_error with the address and the reason.
listening_socket open_listening_socket(const std::string& listen);

// Returns an empty string if text has one of these forms, otherwise the reason.
std::string check_listen(const std::string& text);

}  // namespace trunkline::gateway
