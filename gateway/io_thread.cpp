// SPDX-License-Identifier: Apache-2.0
#include "gateway/io_thread.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/outcome_responses.hpp"

namespace trunkline::gateway {
namespace {

namespace asio = boost::asio;
constexpr std::chrono::milliseconds tick_period{100};
// Younger ones are left alone: a sender in the midst of its work may be about to send.
constexpr std::chrono::seconds idle_least{1};
constexpr std::size_t cleared_at_once = 8;

}  // namespace

struct io_thread::impl {
  impl(
      const session_settings& settings, redis_queue_options queue_options, shared_keys keys,
      std::atomic<int>& open_connections, const logger& log
  )
      : queue(io, std::move(queue_options), log),
        host(settings, queue, open_connections, log),
        timer(io) {
    host.keys = std::move(keys);
  }

  void run() {
    queue.start();
    tick();
    io.run();
  }

  void tick() {
    host.date = http_date(std::time(nullptr));
    const auto now = std::chrono::steady_clock::now();
    turned.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    for (session* each : host.sessions) each->check_deadline(now);
    timer.expires_after(tick_period);
    timer.async_wait([this](boost::system::error_code error) {
      if (!error && !ended) tick();
    });
  }

  void make_room() {
    const auto latest = std::chrono::steady_clock::now() - idle_least;
    std::vector<std::pair<session::time_point, session*>> idle;
    for (session* each : host.sessions)
      if (const auto since = each->idle_since(); since && *since <= latest)
        idle.emplace_back(*since, each);
    const auto n = std::min(idle.size(), cleared_at_once);
    std::partial_sort(idle.begin(), idle.begin() + static_cast<std::ptrdiff_t>(n), idle.end());
    for (std::size_t i = 0; i < n; ++i) idle[i].second->abort();
    host.counts.cleared.add(static_cast<std::int64_t>(n));
  }

  void cut() {
    ended = true;  // a tick that is due already is past cancelling
    timer.cancel();
    for (session* each : host.sessions) each->abort();
    queue.stop();
    work.reset();
  }

  // The context first: what it still holds at the end refers to the rest, and is destroyed with
  // stop().
  // Sockets and timers of this context are used on its own thread alone; others only post.
  asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  redis_delivery_queue queue;
  session_host host;
  asio::steady_timer timer;
  bool ended = false;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::atomic<std::chrono::steady_clock::rep> turned{
      std::chrono::steady_clock::now().time_since_epoch().count()};  // last tick
  std::thread thread;
};

io_thread::io_thread(
    const session_settings& settings, redis_queue_options queue, shared_keys keys,
    std::atomic<int>& open_connections, const logger& log
)
    : impl_(
          std::make_unique<impl>(settings, std::move(queue), std::move(keys), open_connections, log)
      ) {
  impl_->thread = std::thread([raw = impl_.get()] { raw->run(); });
}

io_thread::~io_thread() {
  stop();
}

void io_thread::deal(int socket) {
  asio::post(impl_->io, [raw = impl_.get(), socket] { start_session(raw->io, raw->host, socket); });
}

void io_thread::replace_keys(shared_keys keys) {
  asio::post(impl_->io, [raw = impl_.get(), keys = std::move(keys)]() mutable {
    raw->host.keys = std::move(keys);
  });
}

void io_thread::end_connections() {
  asio::post(impl_->io, [raw = impl_.get()] { raw->host.draining = true; });
}

void io_thread::close_idle() {
  asio::post(impl_->io, [raw = impl_.get()] {
    for (session* each : raw->host.sessions) each->close_if_idle();
  });
}

void io_thread::make_room() {
  asio::post(impl_->io, [raw = impl_.get()] { raw->make_room(); });
}

void io_thread::stop() {
  if (!impl_->thread.joinable()) return;
  asio::post(impl_->io, [raw = impl_.get()] { raw->cut(); });
  impl_->thread.join();
}

bool io_thread::turned_within(std::chrono::milliseconds most) const {
  using clock = std::chrono::steady_clock;
  const clock::time_point last{clock::duration(impl_->turned.load(std::memory_order_relaxed))};
  return clock::now() - last <= most;
}

queue_state io_thread::queue() const {
  return impl_->queue.state();
}
const figures& io_thread::counts() const {
  return impl_->host.counts;
}

}  // namespace trunkline::gateway
