// SPDX-License-Identifier: Apache-2.0
#include "gateway/server_monitor.hpp"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <utility>

namespace trunkline::gateway {
namespace {

constexpr std::chrono::milliseconds poll_interval{250};
constexpr int polls_per_settings = 8;

std::string wire_of(std::initializer_list<std::string_view> args) {
  std::string wire;
  redis::append_command(wire, args);
  return wire;
}

}  // namespace

server_monitor::server_monitor(
    boost::asio::io_context& io, redis::connection& connection, bool require_always, logger log,
    handlers on
)
    : connection_(connection),
      require_always_(require_always),
      log_(std::move(log)),
      handlers_(std::move(on)),
      timer_(io) {}

void server_monitor::start() {
  stopped_ = false;
  schedule();
}

void server_monitor::stop() {
  stopped_ = true;
  timer_.cancel();
}

void server_monitor::on_connected() {
  settings_known_ = false;
  read_settings();
  poll();
}

void server_monitor::on_disconnected() {
  settings_known_ = false;
  health_.forget_observed();
}

void server_monitor::schedule() {
  if (stopped_) return;
  timer_.expires_after(poll_interval);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error || stopped_) return;
    if (++polls_ % polls_per_settings == 0 || !settings_known_) read_settings();
    poll();
    handlers_.changed();
    schedule();
  });
}

void server_monitor::read_settings() {
  static const std::string command = wire_of({"CONFIG", "GET", durability_pattern});
  connection_.execute(command, [this](redis::failure failure, redis::reply&& reply) {
    if (failure == redis::failure::none) on_settings(reply);
  });
}

void server_monitor::on_settings(const redis::reply& reply) {
  durability_ = read_durability(reply);
  settings_known_ = true;
  handlers_.changed();
  if (std::exchange(logged_settings_, durability_.settings) == durability_.settings) return;
  const log_fields fields = {
      {"durability", to_string(durability_.level)}, {"settings", durability_.settings}};
  if (durability_.level == durability::always)
    log_.info("redis syncs deliveries to disk before they are acknowledged", fields);
  else if (durability_.level == durability::unknown)
    log_.warn("redis durability unknown", fields);
  else if (require_always_)
    log_.error(
        "redis is weaker than appendfsync always: deliveries rejected (--durability always)", fields
    );
  else
    log_.warn("redis may lose acknowledged deliveries (--durability redis)", fields);
}

// Sends nothing while a reply is missing, so that commands do not accumulate if Redis is slow.
void server_monitor::poll() {
  static const std::string memory_info = wire_of({"INFO", "memory"}),
                           replication_info = wire_of({"INFO", "replication"}),
                           ping = wire_of({"PING"});
  if (pending_replies_ > 0) return;
  request(memory_info, &server_monitor::on_memory);
  request(replication_info, &server_monitor::on_replication);
  request(ping, &server_monitor::on_ping);
}

void server_monitor::request(const std::string& command, reply_handler handler) {
  const auto sent =
      connection_.execute(command, [this, handler](redis::failure failure, redis::reply&& reply) {
        --pending_replies_;
        if (failure == redis::failure::none) (this->*handler)(reply);
      });
  if (sent == redis::failure::none) ++pending_replies_;
}

void server_monitor::on_memory(const redis::reply& reply) {
  if (!reply.is_string()) return;
  memory_.update(reply.text);
  if (memory_.shedding() == shedding_logged_) return;
  shedding_logged_ = memory_.shedding();
  handlers_.changed();
  const log_fields fields = {{"used_memory", memory_.used()}, {"maxmemory", memory_.limit()}};
  if (memory_.shedding())
    log_.error("redis above 75 % of maxmemory: deliveries rejected", fields);
  else
    log_.info("redis below 60 % of maxmemory: deliveries accepted again", fields);
}

void server_monitor::on_replication(const redis::reply& reply) {
  health_.on_replication(reply);
}

void server_monitor::on_ping(const redis::reply& reply) {
  health_.on_ping(reply);
  if (reply.error_code() == "NOAUTH") handlers_.login_required();
  handlers_.changed();
  const auto observed = health_.observed();
  if (std::exchange(problem_logged_, observed.has_value()) == observed.has_value()) return;
  if (observed)
    log_.error("redis would reject deliveries", {{"reason", observed->text}});
  else
    log_.info("redis would accept deliveries again");
}

}  // namespace trunkline::gateway
