// SPDX-License-Identifier: Apache-2.0
#include "gateway/redis_delivery_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <mutex>
#include <utility>

#include "gateway/memory_watch.hpp"

namespace trunkline::gateway {
namespace {

// So that one sync of Redis serves some 100 waiting deliveries of 1 KB, not 14
// (redis/connection.hpp, lanes).
constexpr int lanes = 8;
constexpr std::chrono::milliseconds watch_period{250};
constexpr int watches_between_settings = 8;
// Our own commands must get through when deliveries fill the connection.
constexpr std::size_t own_commands = 16;
constexpr std::size_t own_bytes = 4096;
// After an error reply we are called unready for this long, unless an append succeeds before.
constexpr std::chrono::seconds trouble_lasts{2};

redis::connection_options with_room(redis::connection_options options, int max_in_flight) {
  options.max_unanswered = static_cast<std::size_t>(max_in_flight) + own_commands;
  options.max_unanswered_bytes += own_bytes;
  options.lanes = lanes;
  return options;
}

std::string wire_of(std::initializer_list<std::string_view> args) {
  std::string wire;
  redis::append_command(wire, args);
  return wire;
}

}  // namespace

struct redis_delivery_queue::impl {
  using clock = std::chrono::steady_clock;

  impl(boost::asio::io_context& context, redis_queue_options given, logger l)
      : io(context),
        options(std::move(given)),
        log(std::move(l)),
        timer(context),
        connection(context, with_room(options.connection, options.max_in_flight), log) {
    connection.on_connected([this] {
      settings_known = false;
      read_settings();
      read_memory();
    });
    connection.on_disconnected([this](const std::string&) { settings_known = false, publish(); });
  }

  std::optional<outcome> refused_now() const {
    if (!connection.connected() || !settings_known) return outcome::not_connected;
    if (options.require_always && reading.level == durability::weaker)
      return outcome::weak_durability;
    if (memory.shedding()) return outcome::shedding;
    return {};
  }

  void on_appended(redis::failure why, redis::reply&& answer, const callback& done);
  void restart();
  void watch();
  void read_settings();
  void read_memory();
  void publish();

  boost::asio::io_context& io;
  redis_queue_options options;
  logger log;
  boost::asio::steady_timer timer;
  int watches = 0;
  int in_flight = 0;
  bool stopped = true;
  bool restarting = false;
  bool settings_known = false;  // of the present connection
  bool memory_was_logged = false;
  durability_reading reading;
  std::string logged_settings;
  memory_watch memory;
  std::string wire;  // reused: one command after the other
  std::optional<outcome> trouble;
  std::string trouble_text;
  clock::time_point trouble_until;

  mutable std::mutex mutex;
  queue_state published;
  redis::connection connection;  // last: its callbacks use the others until it is gone
};

void redis_delivery_queue::impl::on_appended(
    redis::failure why, redis::reply&& answer, const callback& done
) {
  --in_flight;
  if (why != redis::failure::none) return done({outcome_of(why), "", std::string(to_string(why))});
  if (answer.is_string()) {
    trouble.reset();
    return done({outcome::accepted, std::move(answer.text), ""});
  }
  trouble = outcome_of_error(answer.error_code());
  trouble_text = answer.is_error() ? answer.text : "unexpected reply to XADD";
  trouble_until = clock::now() + trouble_lasts;
  // A password was set or changed under us: only a new connection authenticates again.
  // Not for NOPERM: a new connection would have no more rights.
  if (answer.error_code() == "NOAUTH") restart();
  done({*trouble, "", trouble_text});
}

void redis_delivery_queue::impl::restart() {
  if (std::exchange(restarting, true)) return;
  boost::asio::post(io, [this] {
    restarting = false;
    if (stopped) return;
    connection.stop();
    settings_known = false;
    connection.start();
  });
}

void redis_delivery_queue::impl::watch() {
  if (stopped) return;
  timer.expires_after(watch_period);
  timer.async_wait([this](boost::system::error_code error) {
    if (error || stopped) return;
    if (++watches % watches_between_settings == 0 || !settings_known) read_settings();
    read_memory();
    publish();
    watch();
  });
}

void redis_delivery_queue::impl::read_settings() {
  static const std::string command = wire_of({"CONFIG", "GET", durability_pattern});
  connection.execute(command, [this](redis::failure why, redis::reply&& answer) {
    if (why != redis::failure::none) return;
    reading = read_durability(answer);
    settings_known = true;
    publish();
    if (std::exchange(logged_settings, reading.settings) == reading.settings) return;
    const log_fields about = {
        {"durability", to_string(reading.level)}, {"settings", reading.settings}};
    if (reading.level == durability::always)
      log.info("redis has each delivery on disk before it is answered", about);
    else if (reading.level == durability::unknown)
      log.warn("redis does not tell how durable it is", about);
    else if (options.require_always)
      log.error(
          "redis is weaker than appendfsync always: deliveries are refused (--durability always)",
          about
      );
    else
      log.warn("redis may lose answered deliveries (--durability redis)", about);
  });
}

void redis_delivery_queue::impl::read_memory() {
  static const std::string command = wire_of({"INFO", "memory"});
  connection.execute(command, [this](redis::failure why, redis::reply&& answer) {
    if (why != redis::failure::none || !answer.is_string()) return;
    memory.update(answer.text);
    if (memory.shedding() == memory_was_logged) return;
    memory_was_logged = memory.shedding();
    publish();
    const log_fields about = {{"used_memory", memory.used()}, {"maxmemory", memory.limit()}};
    if (memory.shedding())
      log.error("redis is above 75 % of maxmemory: deliveries are refused", about);
    else
      log.info("redis is below 60 % of maxmemory: deliveries are taken again", about);
  });
}

void redis_delivery_queue::impl::publish() {
  queue_state now;
  const auto refused = refused_now();
  if (refused) {
    now.why = *refused;
    if (*refused == outcome::not_connected)
      now.error = connection.last_error();
    else if (*refused == outcome::weak_durability)
      now.error = reading.settings;
  } else if (trouble && clock::now() < trouble_until) {
    now.why = *trouble;
    now.error = trouble_text;
  } else {
    now.accepting = true;
  }
  if (settings_known) now.level = reading.level, now.settings = reading.settings;
  const std::lock_guard lock(mutex);
  published = std::move(now);
}

redis_delivery_queue::redis_delivery_queue(
    boost::asio::io_context& io, redis_queue_options options, logger log
)
    : impl_(std::make_unique<impl>(io, std::move(options), std::move(log))) {}

redis_delivery_queue::~redis_delivery_queue() = default;

void redis_delivery_queue::start() {
  impl_->stopped = false;
  impl_->connection.start();
  impl_->watch();
}

void redis_delivery_queue::stop() {
  impl_->stopped = true;
  impl_->timer.cancel();
  impl_->connection.stop();
  impl_->publish();
}

std::optional<outcome> redis_delivery_queue::append(
    const stream::delivery& entry, std::string_view body, callback done
) {
  if (const auto refused = impl_->refused_now()) return refused;
  if (impl_->in_flight >= impl_->options.max_in_flight) return outcome::overloaded;
  impl_->wire.clear();
  stream::append_xadd(impl_->wire, impl_->options.key, entry, body);
  const auto why = impl_->connection.execute(
      impl_->wire,
      [raw = impl_.get(), done = std::move(done)](redis::failure failed, redis::reply&& answer) {
        raw->on_appended(failed, std::move(answer), done);
      }
  );
  if (why != redis::failure::none) return outcome_of(why);
  ++impl_->in_flight;
  return {};
}

queue_state redis_delivery_queue::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->published;
}

outcome outcome_of_error(std::string_view code) {
  if (code == "OOM") return outcome::oom;
  if (code == "MISCONF") return outcome::misconf;
  if (code == "LOADING") return outcome::loading;
  if (code == "READONLY") return outcome::readonly;
  if (code == "NOAUTH" || code == "NOPERM" || code == "WRONGPASS") return outcome::noauth;
  return outcome::redis_error;
}

outcome outcome_of(redis::failure why) {
  switch (why) {
    case redis::failure::none:
      return outcome::accepted;
    case redis::failure::not_connected:
      return outcome::not_connected;
    case redis::failure::overloaded:
      return outcome::overloaded;
    case redis::failure::lost:
      return outcome::lost;
    case redis::failure::timed_out:
      break;
  }
  return outcome::timed_out;
}

}  // namespace trunkline::gateway
