// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/redis/client.hpp"
#include "common/redis/connection.hpp"

// What the tests of this folder share: the given Redis, and others with settings of their own.
namespace support {

// TEST_REDIS_URL and TEST_REDIS_PID, set by tests/support/with_servers.
trunkline::redis::connection_options given_redis();
pid_t given_redis_pid();

trunkline::redis::endpoint at(const std::string& url);
trunkline::logger silent();

// One command on a connection of its own; the reply's text.
std::string ask(const trunkline::redis::connection_options&, const std::vector<std::string>& args);

// A temporary folder, removed at the end.
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

// Listens on a free port and never says a word: the kernel accepts connections on its own.
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

// A port that nobody listens on now.
std::uint16_t free_port();

// redis-server with the given arguments, killed at the end. Waits for its first answer, asked with
// options.
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
