// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "common/process/signals.hpp"
#include "common/signature/key_sources.hpp"
#include "gateway/http_session.hpp"

// bench-gateway-path REQUESTS COUNT
//
// Processes COUNT deliveries with a real session on one end of a socket pair: read, verify, encode
// the XADD, write the response. It is meant for counting instructions, without threads and Redis.
namespace {

using namespace trunkline;
namespace asio = boost::asio;

// Encodes the command and confirms it in a later iteration of the event loop, as Redis would.
class wire_only final : public gateway::delivery_queue {
 public:
  explicit wire_only(asio::io_context& io) : io_(io) {}
  std::optional<gateway::outcome> append(
      const stream::delivery& entry, std::string_view body, callback done
  ) override {
    wire_.clear();
    stream::append_xadd(wire_, "{trunkline}:deliveries", entry, body);
    asio::post(io_, [done = std::move(done)] {
      done({gateway::outcome::accepted, "1795194181310-0", ""});
    });
    return {};
  }

 private:
  asio::io_context& io_;
  std::string wire_;
};

// Reads the requests of a file that bodies.py writes: a line with the length, then the bytes.
std::vector<std::string> read_requests(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::string> requests;
  for (std::string line; std::getline(file, line);) {
    std::string bytes(std::stoul(line), '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    requests.push_back(std::move(bytes));
  }
  if (requests.empty()) throw std::runtime_error("no requests");
  return requests;
}

void deliver(asio::io_context& io, int socket, const std::string& request) {
  if (::send(socket, request.data(), request.size(), 0) != static_cast<ssize_t>(request.size()))
    throw std::runtime_error("send");
  io.poll();
  char response[1024];
  const auto n = ::recv(socket, response, sizeof response, MSG_DONTWAIT);
  if (n < 12 || std::string_view(response, 12) != "HTTP/1.1 200")
    throw std::runtime_error("not accepted");
}

void run(const char* path, int count) {
  const char* texts = std::getenv("TRUNKLINE_SIGNING_KEYS");
  auto loaded = signature::load_keys({"TRUNKLINE_SIGNING_KEYS", {texts ? texts : ""}, ""});
  if (!loaded.problems.empty()) throw std::runtime_error(loaded.problems.front());
  const auto requests = read_requests(path);

  const logger log("path", log_level::warn, log_format::text);
  gateway::session_settings settings;
  settings.max_requests = 1'000'000'000;
  std::atomic<int> open_connections{1};
  asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};  // as in io_thread
  wire_only queue(io);
  gateway::session_context context(settings, queue, open_connections, log);
  context.keys = std::make_shared<const signature::key_ring>(std::move(loaded.ring));
  context.date = "Fri, 20 Nov 2026 17:03:01 GMT";
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
    throw std::runtime_error("socketpair");
  gateway::start_session(io, context, pair[0]);
  for (int i = 0; i < count; ++i)
    deliver(io, pair[1], requests[static_cast<std::size_t>(i) % requests.size()]);
  ::close(pair[1]);
  io.poll();
}

}  // namespace

int main(int argc, char** argv) {
  prepare_process();
  if (argc != 3) {
    std::cerr << "usage: bench-gateway-path REQUESTS COUNT\n";
    return 64;
  }
  try {
    run(argv[1], std::atoi(argv[2]));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench-gateway-path: " << error.what() << '\n';
    return 1;
  }
}
