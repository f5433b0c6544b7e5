// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace trunkline::redis {

// A server address: redis://[user[:password]@]host[:port][/db], rediss:// for the same over TLS, or
// unix://[user[:password]@]/path[?db=N]. User, password and path are percent-decoded.
struct endpoint {
  enum class transport { tcp, tls, unix_socket } via = transport::tcp;
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  // Path of a unix socket.
  std::string path;
  std::string user, password;
  int database = 0;

  // Returns the address without credentials: "127.0.0.1:6379/0" or "/run/redis.sock/0".
  std::string describe() const;
};

// Returns an empty string on success, otherwise the error, which never has the password.
std::string parse_url(std::string_view text, endpoint& out);

}  // namespace trunkline::redis
