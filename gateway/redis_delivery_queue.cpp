// SPDX-License-Identifier: Apache-2.0
#include "gateway/redis_delivery_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <mutex>
#include <utility>

#include "gateway/memory_shedding.hpp"
#include "gateway/redis_health.hpp"

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
      ++connects;
      settings_known = false;
      read_settings();
      look();
    });
    connection.on_disconnected([this](const std::string&) { on_disconnected(); });
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
  void look();
  void ask(const std::string& command, void (impl::*told)(const redis::reply&));
  void on_memory(const redis::reply&);
  void on_replication(const redis::reply&);
  void on_ping(const redis::reply&);
  void on_disconnected();
  void publish();

  boost::asio::io_context& io;
  redis_queue_options options;
  logger log;
  boost::asio::steady_timer timer;
  int watches = 0;
  std::int64_t connects = 0;
  int in_flight = 0;
  int unanswered_looks = 0;
  bool stopped = true;
  bool restarting = false;
  bool settings_known = false;  // of the present connection
  bool memory_was_logged = false;
  durability_reading reading;
  std::string logged_settings;
  memory_watch memory;
  std::string wire;  // reused: one command after the other
  trouble_watch troubles;
  bool trouble_was_logged = false;

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
    troubles.on_appended();
    return done({outcome::accepted, std::move(answer.text), ""});
  }
  auto [what, text] = troubles.on_append_refused(answer, clock::now());
  // A password was set or changed under us: only a new connection authenticates again.
  // Not for NOPERM: a new connection would have no more rights.
  if (answer.error_code() == "NOAUTH") restart();
  done({what, "", std::move(text)});
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

void redis_delivery_queue::impl::watch() {
  if (stopped) return;
  timer.expires_after(watch_period);
  timer.async_wait([this](boost::system::error_code error) {
    if (error || stopped) return;
    if (++watches % watches_between_settings == 0 || !settings_known) read_settings();
    look();
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

// Not again while an answer is missing, so that a slow Redis is not asked ever more.
void redis_delivery_queue::impl::look() {
  static const std::string memory_info = wire_of({"INFO", "memory"}),
                           replication_info = wire_of({"INFO", "replication"}),
                           ping = wire_of({"PING"});
  if (unanswered_looks > 0) return;
  ask(memory_info, &impl::on_memory);
  ask(replication_info, &impl::on_replication);
  ask(ping, &impl::on_ping);
}

void redis_delivery_queue::impl::ask(
    const std::string& command, void (impl::*told)(const redis::reply&)
) {
  const auto refused =
      connection.execute(command, [this, told](redis::failure why, redis::reply&& answer) {
        --unanswered_looks;
        if (why == redis::failure::none) (this->*told)(answer);
      });
  if (refused == redis::failure::none) ++unanswered_looks;
}

void redis_delivery_queue::impl::on_memory(const redis::reply& answer) {
  if (!answer.is_string()) return;
  memory.update(answer.text);
  if (memory.shedding() == memory_was_logged) return;
  memory_was_logged = memory.shedding();
  publish();
  const log_fields about = {{"used_memory", memory.used()}, {"maxmemory", memory.limit()}};
  if (memory.shedding())
    log.error("redis is above 75 % of maxmemory: deliveries are refused", about);
  else
    log.info("redis is below 60 % of maxmemory: deliveries are taken again", about);
}

void redis_delivery_queue::impl::on_replication(const redis::reply& answer) {
  troubles.on_replication(answer);
}

void redis_delivery_queue::impl::on_ping(const redis::reply& answer) {
  troubles.on_ping(answer);
  if (answer.error_code() == "NOAUTH") restart();
  publish();
  const auto seen = troubles.seen();
  if (std::exchange(trouble_was_logged, seen.has_value()) == seen.has_value()) return;
  if (seen)
    log.error("redis would refuse deliveries", {{"reason", seen->text}});
  else
    log.info("redis would take deliveries again");
}

void redis_delivery_queue::impl::on_disconnected() {
  settings_known = false;
  troubles.forget_looks();
  publish();
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
  } else if (const auto trouble = troubles.at(clock::now())) {
    now.why = trouble->what;
    now.error = trouble->text;
  } else {
    now.accepting = true;
  }
  if (settings_known) now.level = reading.level, now.settings = reading.settings;
  now.reconnects = connects > 0 ? connects - 1 : 0;
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

}  // namespace trunkline::gateway
