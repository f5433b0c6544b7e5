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

#include "gateway/http_session.hpp"
#include "gateway/outcome_responses.hpp"

namespace trunkline::gateway {
namespace {

namespace asio = boost::asio;
constexpr std::chrono::milliseconds tick_period{100};
// A connection that became idle later may be about to send its next request.
constexpr std::chrono::seconds min_idle{1};
constexpr std::size_t max_evicted_at_once = 8;

}  // namespace

struct io_thread::impl {
  impl(
      const session_settings& settings, redis_queue_options queue_options, shared_keys keys,
      std::atomic<int>& open_connections, const logger& log
  )
      : queue(io, std::move(queue_options), log),
        context(settings, queue, open_connections, log),
        timer(io) {
    context.keys = std::move(keys);
  }

  void run() {
    queue.start();
    tick();
    io.run();
  }

  void tick() {
    context.date = http_date(std::time(nullptr));
    const auto now = std::chrono::steady_clock::now();
    last_tick.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    for (session* each : context.sessions) each->check_deadline(now);
    timer.expires_after(tick_period);
    timer.async_wait([this](boost::system::error_code error) {
      if (!error && !ended) tick();
    });
  }

  void evict_idle() {
    const auto latest = std::chrono::steady_clock::now() - min_idle;
    std::vector<std::pair<session::time_point, session*>> idle;
    for (session* each : context.sessions)
      if (const auto since = each->idle_since(); since && *since <= latest)
        idle.emplace_back(*since, each);
    const auto n = std::min(idle.size(), max_evicted_at_once);
    std::partial_sort(idle.begin(), idle.begin() + static_cast<std::ptrdiff_t>(n), idle.end());
    for (std::size_t i = 0; i < n; ++i) idle[i].second->abort();
    context.counts.evicted.add(static_cast<std::int64_t>(n));
  }

  void shut_down() {
    // A tick that is already due cannot be cancelled.
    ended = true;
    timer.cancel();
    for (session* each : context.sessions) each->abort();
    queue.stop();
    work.reset();
  }

  // First, because its remaining handlers refer to the other members. Its sockets and timers are
  // used on its own thread only; other threads post.
  asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  redis_delivery_queue queue;
  session_context context;
  asio::steady_timer timer;
  bool ended = false;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::atomic<std::chrono::steady_clock::rep> last_tick{
      std::chrono::steady_clock::now().time_since_epoch().count()};
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

void io_thread::assign(int socket) {
  asio::post(impl_->io, [raw = impl_.get(), socket] {
    start_session(raw->io, raw->context, socket);
  });
}

void io_thread::replace_keys(shared_keys keys) {
  asio::post(impl_->io, [raw = impl_.get(), keys = std::move(keys)]() mutable {
    raw->context.keys = std::move(keys);
  });
}

void io_thread::end_connections() {
  asio::post(impl_->io, [raw = impl_.get()] { raw->context.draining = true; });
}

void io_thread::close_idle() {
  asio::post(impl_->io, [raw = impl_.get()] {
    for (session* each : raw->context.sessions) each->close_if_idle();
  });
}

void io_thread::evict_idle() {
  asio::post(impl_->io, [raw = impl_.get()] { raw->evict_idle(); });
}

void io_thread::stop() {
  if (!impl_->thread.joinable()) return;
  asio::post(impl_->io, [raw = impl_.get()] { raw->shut_down(); });
  impl_->thread.join();
}

bool io_thread::responsive_within(std::chrono::milliseconds limit) const {
  using clock = std::chrono::steady_clock;
  const clock::time_point last{clock::duration(impl_->last_tick.load(std::memory_order_relaxed))};
  return clock::now() - last <= limit;
}

queue_state io_thread::queue() const {
  return impl_->queue.state();
}
const counters& io_thread::counts() const {
  return impl_->context.counts;
}

}  // namespace trunkline::gateway
