// SPDX-License-Identifier: Apache-2.0
#include "gateway/redis_delivery_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <mutex>
#include <utility>

#include "gateway/redis_health.hpp"
#include "gateway/server_monitor.hpp"

namespace trunkline::gateway {
namespace {

// With several sockets one sync of Redis covers about 100 waiting deliveries of 1 KB; with one it
// covers 14 (redis/connection.hpp, lanes).
constexpr int lanes = 8;
// The monitor's commands must be sent even when deliveries fill the connection.
constexpr std::size_t reserved_commands = 16;
constexpr std::size_t reserved_bytes = 4096;

redis::connection_options with_reserve(redis::connection_options options, int max_in_flight) {
  options.max_unanswered = static_cast<std::size_t>(max_in_flight) + reserved_commands;
  options.max_unanswered_bytes += reserved_bytes;
  options.lanes = lanes;
  return options;
}

}  // namespace

struct redis_delivery_queue::impl {
  using clock = std::chrono::steady_clock;

  impl(boost::asio::io_context& context, redis_queue_options queue_options, const logger& log)
      : io(context),
        options(std::move(queue_options)),
        monitor(
            context, connection, options.require_always, log,
            {.changed = [this] { publish(); }, .login_required = [this] { restart(); }}
        ),
        connection(context, with_reserve(options.connection, options.max_in_flight), log) {
    connection.on_connected([this] {
      ++connects;
      monitor.on_connected();
    });
    connection.on_disconnected([this](const std::string&) { on_disconnected(); });
  }

  void on_reply(redis::failure, redis::reply&&, const callback& done);
  void restart();
  void on_disconnected();
  void publish();

  boost::asio::io_context& io;
  redis_queue_options options;
  server_monitor monitor;
  std::int64_t connects = 0;
  int in_flight = 0;
  bool stopped = true;
  bool restarting = false;
  // Reused for one command after another.
  std::string wire;

  mutable std::mutex mutex;
  queue_state published;
  // Last, because its callbacks use the other members until it is destroyed.
  redis::connection connection;
};

void redis_delivery_queue::impl::on_reply(
    redis::failure failure, redis::reply&& reply, const callback& done
) {
  --in_flight;
  if (failure != redis::failure::none)
    return done({outcome_of(failure), "", std::string(to_string(failure))});
  if (reply.is_string()) {
    monitor.health().on_appended();
    return done({outcome::accepted, std::move(reply.text), ""});
  }
  auto [value, text] = monitor.health().on_append_rejected(reply, clock::now());
  // A password was set or changed, and only a new connection authenticates again. NOPERM causes no
  // reconnect, because a new connection would have the same rights.
  if (reply.error_code() == "NOAUTH") restart();
  done({value, "", std::move(text)});
}

void redis_delivery_queue::impl::restart() {
  if (std::exchange(restarting, true)) return;
  boost::asio::post(io, [this] {
    restarting = false;
    if (stopped) return;
    connection.stop();
    on_disconnected();
    connection.start();
  });
}

void redis_delivery_queue::impl::on_disconnected() {
  monitor.on_disconnected();
  publish();
}

void redis_delivery_queue::impl::publish() {
  queue_state now;
  const auto* reading = monitor.durability_read();
  if (const auto rejection = monitor.rejection()) {
    now.reason = *rejection;
    if (*rejection == outcome::not_connected)
      now.error = connection.last_error();
    else if (*rejection == outcome::weak_durability)
      now.error = reading->settings;
  } else if (const auto problem = monitor.problem()) {
    now.reason = problem->value;
    now.error = problem->text;
  } else {
    now.accepting = true;
  }
  if (reading) now.level = reading->level, now.settings = reading->settings;
  now.reconnects = connects > 0 ? connects - 1 : 0;
  const std::lock_guard lock(mutex);
  published = std::move(now);
}

redis_delivery_queue::redis_delivery_queue(
    boost::asio::io_context& io, redis_queue_options options, const logger& log
)
    : impl_(std::make_unique<impl>(io, std::move(options), log)) {}

redis_delivery_queue::~redis_delivery_queue() = default;

void redis_delivery_queue::start() {
  impl_->stopped = false;
  impl_->connection.start();
  impl_->monitor.start();
}

void redis_delivery_queue::stop() {
  impl_->stopped = true;
  impl_->monitor.stop();
  impl_->connection.stop();
  impl_->publish();
}

std::optional<outcome> redis_delivery_queue::append(
    const stream::delivery& entry, std::string_view body, callback done
) {
  if (const auto rejection = impl_->monitor.rejection()) return rejection;
  if (impl_->in_flight >= impl_->options.max_in_flight) return outcome::overloaded;
  impl_->wire.clear();
  stream::append_xadd(impl_->wire, impl_->options.key, entry, body);
  const auto failure = impl_->connection.execute(
      impl_->wire,
      [raw = impl_.get(), done = std::move(done)](redis::failure failed, redis::reply&& reply) {
        raw->on_reply(failed, std::move(reply), done);
      }
  );
  if (failure != redis::failure::none) return outcome_of(failure);
  ++impl_->in_flight;
  return {};
}

queue_state redis_delivery_queue::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->published;
}

}  // namespace trunkline::gateway
