// SPDX-License-Identifier: Apache-2.0
#include "servers.hpp"

#include <arpa/inet.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

using namespace std::chrono_literals;
using namespace trunkline;

namespace support {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value)
    throw std::runtime_error(std::string(name) + " is not set: run by tests/support/with_servers");
  return value;
}

}  // namespace

redis::endpoint at(const std::string& url) {
  redis::endpoint out;
  if (const auto problem = redis::parse_url(url, out); !problem.empty())
    throw std::runtime_error(problem);
  return out;
}

redis::connection_options test_redis() {
  redis::connection_options options;
  options.where = at(environment("TEST_REDIS_URL"));
  return options;
}

pid_t given_redis_pid() {
  return static_cast<pid_t>(std::stol(environment("TEST_REDIS_PID")));
}

logger silent() {
  return {"test", log_level::error, log_format::text, [](log_level, std::string_view) {}};
}

std::string send_command(
    const redis::connection_options& options, const std::vector<std::string>& args
) {
  redis::client client(options, silent());
  const auto result = client.execute(args, 5s);
  if (!result.ok()) throw std::runtime_error(result.error());
  return result.reply.text;
}

folder::folder() {
  std::string pattern = "/tmp/trunkline-redis-XXXXXX";
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

folder::~folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

mute_server::mute_server() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, plain, size) != 0 || listen(listener_, 8) != 0 ||
      getsockname(listener_, plain, &size) != 0)
    throw std::runtime_error("no free port");
  port_ = ntohs(address.sin_port);
}

mute_server::~mute_server() {
  ::close(listener_);
}

std::uint16_t free_port() {
  return mute_server().port();
}

redis_server::redis_server(
    std::vector<std::string> arguments, const redis::connection_options& options
) {
  arguments.insert(arguments.begin(), "redis-server");
  arguments.insert(
      arguments.end(), {"--save", "", "--loglevel", "warning", "--logfile", "/dev/null"}
  );
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  if (posix_spawnp(&pid_, "redis-server", nullptr, nullptr, argv.data(), environ) != 0)
    throw std::runtime_error("redis-server does not start");

  const auto end = std::chrono::steady_clock::now() + 20s;
  redis::client client(options, silent());
  redis::client::result pong;
  do {
    pong = client.execute({"PING"}, 1s);
    if (!pong.ok()) std::this_thread::sleep_for(20ms);
  } while (!pong.ok() && std::chrono::steady_clock::now() < end);
  if (pong.ok()) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  throw std::runtime_error("redis-server does not respond: " + pong.error());
}

redis_server::~redis_server() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

}  // namespace support
