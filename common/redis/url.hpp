// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace trunkline::redis {

// redis://[user[:password]@]host[:port][/db], rediss:// the same over TLS,
// unix://[user[:password]@]/path[?db=N]. User, password and path are percent-decoded.
struct endpoint {
  enum class transport { tcp, tls, unix_socket } via = transport::tcp;
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string path;  // unix_socket only
  std::string user, password;
  int database = 0;

  // Where, without credentials: "127.0.0.1:6379/0" or "/run/redis.sock/0".
  std::string describe() const;
};

// Empty on success, else what is wrong (never the password).
std::string parse_url(std::string_view text, endpoint& out);

}  // namespace trunkline::redis
