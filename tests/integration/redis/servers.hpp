// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/redis/client.hpp"
#include "common/redis/connection.hpp"

// Shared by the tests of this folder: the Redis server of the test run, and servers with other
// settings.
namespace support {

// TEST_REDIS_URL and TEST_REDIS_PID, set by tests/support/with_servers.
trunkline::redis::connection_options test_redis();
pid_t given_redis_pid();

trunkline::redis::endpoint at(const std::string& url);
trunkline::logger silent();

// Sends one command on a separate connection and returns the text of the reply.
std::string send_command(
    const trunkline::redis::connection_options&, const std::vector<std::string>& args
);

// A temporary folder, which the destructor removes.
class folder {
 public:
  folder();
  ~folder();
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Listens on a free port and never sends a byte. The kernel accepts the connections.
class mute_server {
 public:
  mute_server();
  ~mute_server();
  mute_server(const mute_server&) = delete;
  mute_server& operator=(const mute_server&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int listener_;
  std::uint16_t port_ = 0;
};

// Returns a port on which no process listens.
std::uint16_t free_port();

// A redis-server with these arguments, which the destructor kills. The constructor waits for its
// first reply to a client with these options.
class redis_server {
 public:
  redis_server(std::vector<std::string> arguments, const trunkline::redis::connection_options&);
  ~redis_server();
  redis_server(const redis_server&) = delete;
  redis_server& operator=(const redis_server&) = delete;

 private:
  pid_t pid_;
};

}  // namespace support
