// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <ctime>
#include <iostream>

#include "common/process/signals.hpp"
#include "common/signature/key_sources.hpp"
#include "gateway/http_session.hpp"
#include "gateway/listener.hpp"
#include "gateway/outcome_responses.hpp"

// bench-ceiling HOST:PORT
//
// Runs the gateway without its queue: the same sessions and the same signature check on one thread.
// Every delivery is confirmed immediately and not stored. This is the upper limit of the gateway's
// throughput if Redis took no time.
namespace {

using namespace trunkline;
namespace asio = boost::asio;

class no_queue final : public gateway::delivery_queue {
 public:
  explicit no_queue(asio::io_context& io) : io_(io) {}
  std::optional<gateway::outcome> append(const stream::delivery&, std::string_view, callback done)
      override {
    asio::post(io_, [done = std::move(done)] {
      done({gateway::outcome::accepted, "1795194181310-0", ""});
    });
    return {};
  }

 private:
  asio::io_context& io_;
};

void tick(asio::steady_timer& timer, gateway::session_context& context) {
  context.date = gateway::http_date(std::time(nullptr));
  timer.expires_after(std::chrono::milliseconds(100));
  timer.async_wait([&](boost::system::error_code error) {
    if (!error) tick(timer, context);
  });
}

int run(const std::string& address) {
  const char* texts = std::getenv("TRUNKLINE_SIGNING_KEYS");
  auto loaded = signature::load_keys({"TRUNKLINE_SIGNING_KEYS", {texts ? texts : ""}, ""});
  if (!loaded.problems.empty()) throw std::runtime_error(loaded.problems.front());

  const logger log("ceiling", log_level::warn, log_format::text);
  gateway::session_settings settings;
  settings.max_requests = 1'000'000'000;
  settings.max_connections = 4096;
  std::atomic<int> open_connections{0};
  asio::io_context io{1};
  no_queue queue(io);
  gateway::session_context context(settings, queue, open_connections, log);
  context.keys = std::make_shared<const signature::key_ring>(std::move(loaded.ring));
  gateway::listener listener(
      io, address, settings.max_connections, open_connections,
      [&](int socket) { gateway::start_session(io, context, socket); }, log
  );
  asio::steady_timer timer(io);
  asio::signal_set end(io, SIGTERM, SIGINT);
  end.async_wait([](boost::system::error_code, int) { ::_exit(0); });
  tick(timer, context);
  listener.start();
  io.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  prepare_process();
  if (argc != 2) {
    std::cerr << "usage: bench-ceiling HOST:PORT\n";
    return 64;
  }
  try {
    return run(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "bench-ceiling: " << error.what() << '\n';
    return 1;
  }
}
