// SPDX-License-Identifier: Apache-2.0
#include "gateway/heartbeat.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <set>

#include "common/stream/contract.hpp"
#include "gateway/minute_counters.hpp"

namespace trunkline::gateway {
namespace {

constexpr std::chrono::seconds interval{2};
constexpr std::string_view info_lifetime_s = "30";
constexpr std::string_view counters_lifetime_s = "7200";
// Workers roll up the last 110 minutes.
constexpr std::size_t max_minutes = 100;

std::int64_t unix_minute() {
  return std::chrono::duration_cast<std::chrono::minutes>(
             std::chrono::system_clock::now().time_since_epoch()
  )
      .count();
}

std::string field_of(outcome value) {
  if (value == outcome::accepted) return "accepted";
  return "refused:" + std::string(to_string(value));
}

}  // namespace

struct heartbeat::impl {
  using counts = std::array<std::int64_t, outcome_count>;

  impl(boost::asio::io_context& io, options o, info_source info, totals_source totals, logger log)
      : config(std::move(o)),
        current_info(std::move(info)),
        current_totals(std::move(totals)),
        timer(io),
        connection(io, config.connection, std::move(log)) {
    connection.on_connected([this] { publish(); });
  }

  std::string info_key() const {
    return stream::process_key(config.stream_namespace, "gateway", config.id);
  }
  void collect();
  void publish();
  void send(std::initializer_list<std::string_view> command);
  void send_info();
  void expire_info();
  void send_presence();
  void send_minute(std::int64_t minute, counts& pending);
  void schedule();

  options config;
  bool ending = false;
  info_source current_info;
  totals_source current_totals;
  boost::asio::steady_timer timer;
  // The part of the totals that has been assigned to minutes.
  counts assigned{};
  // Counts that are not in Redis yet.
  std::map<std::int64_t, counts> minutes;
  // Minutes with counts that may or may not be in Redis.
  std::set<std::int64_t> uncertain;
  // Last, because its callbacks use the other members until it is destroyed.
  redis::connection connection;
};

void heartbeat::impl::collect() {
  const auto totals = current_totals();
  auto& now = minutes[unix_minute()];
  for (std::size_t i = 0; i < outcome_count; ++i) now[i] += totals.outcomes[i] - assigned[i];
  assigned = totals.outcomes;
  keep_newest(minutes, max_minutes);
}

void heartbeat::impl::publish() {
  collect();
  if (!connection.connected()) return;
  ending ? expire_info() : send_info();
  for (auto& [minute, pending] : minutes) send_minute(minute, pending);
  send_presence();
  std::erase_if(minutes, [](const auto& each) { return each.second == counts{}; });
}

// Ignores the reply: the next publish() sends the command again.
void heartbeat::impl::send(std::initializer_list<std::string_view> command) {
  std::string wire;
  redis::append_command(wire, command);
  connection.execute(wire, [](redis::failure, redis::reply&&) {});
}

void heartbeat::impl::send_info() {
  const auto key = info_key();
  std::vector<std::string> args{"HSET", key};
  for (auto& [name, value] : current_info()) {
    args.push_back(std::move(name));
    args.push_back(std::move(value));
  }
  std::string wire;
  redis::append_command(wire, args);
  connection.execute(wire, [](redis::failure, redis::reply&&) {});
  send({"EXPIRE", key, info_lifetime_s});
}

// Without it a gateway that a deployment has replaced is listed for another half minute. The
// gateway has no right to DEL, which would let it remove the stream.
void heartbeat::impl::expire_info() {
  send({"EXPIRE", info_key(), "0"});
}

// Shows the worker that rolls up the counters whether a gateway ended with counts that it had not
// sent.
void heartbeat::impl::send_presence() {
  const auto key = stream::minute_key(config.stream_namespace, unix_minute());
  send({"HSET", key, "gateway:" + config.id, ending ? "closed" : "open"});
  send({"EXPIRE", key, counters_lifetime_s});
  for (const auto minute : std::set(uncertain)) {
    const auto minute_key = stream::minute_key(config.stream_namespace, minute);
    std::string mark;
    redis::append_command(mark, {"HSET", minute_key, "at_least", "1"});
    connection.execute(mark, [this, minute](redis::failure failure, redis::reply&& reply) {
      if (failure == redis::failure::none && !reply.is_error()) uncertain.erase(minute);
    });
    send({"EXPIRE", minute_key, counters_lifetime_s});
  }
}

// Counts that Redis rejected are kept. After a lost connection it is unknown whether Redis has
// them, and a count is better missing than counted twice.
void heartbeat::impl::send_minute(std::int64_t minute, counts& pending) {
  const auto key = stream::minute_key(config.stream_namespace, minute);
  bool any = false;
  for (std::size_t i = 0; i < outcome_count; ++i) {
    if (pending[i] == 0) continue;
    const auto n = pending[i];
    std::string wire;
    redis::append_command(
        wire, {"HINCRBY", key, field_of(outcome_rows[i].value), std::to_string(n)}
    );
    const auto sent = connection.execute(
        wire,
        [this, minute, i, n](redis::failure failure, redis::reply&& reply) {
          if (failure != redis::failure::none)
            uncertain.insert(minute);
          else if (reply.is_error())
            minutes[minute][i] += n;
        }
    );
    if (sent != redis::failure::none) continue;
    pending[i] = 0;
    any = true;
  }
  if (any) send({"EXPIRE", key, counters_lifetime_s});
}

void heartbeat::impl::schedule() {
  timer.expires_after(interval);
  timer.async_wait([this](boost::system::error_code error) {
    if (error) return;
    publish();
    schedule();
  });
}

heartbeat::heartbeat(
    boost::asio::io_context& io, options o, info_source info, totals_source totals, logger log
)
    : impl_(std::make_unique<impl>(
          io, std::move(o), std::move(info), std::move(totals), std::move(log)
      )) {}
heartbeat::~heartbeat() = default;

void heartbeat::start() {
  impl_->connection.start();
  impl_->schedule();
}

void heartbeat::publish() {
  impl_->publish();
}
void heartbeat::finish() {
  impl_->ending = true;
  impl_->publish();
}
bool heartbeat::settled() const {
  return impl_->connection.unanswered() == 0;
}

}  // namespace trunkline::gateway
