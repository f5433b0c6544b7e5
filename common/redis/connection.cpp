// SPDX-License-Identifier: Apache-2.0
#include "common/redis/connection.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <random>
#include <utility>
#include <vector>

#include "common/redis/in_flight_limit.hpp"
#include "common/redis/lane.hpp"

namespace trunkline::redis {
namespace {

// Redis reads this much of one socket in one iteration of its loop, so one fsync covers no more of
// it. A lane with this much in flight is full, and the next one is used.
constexpr std::size_t lane_fill = 16 * 1024;

}  // namespace

using boost::system::error_code;
using clock = std::chrono::steady_clock;

std::string_view to_string(failure why) {
  switch (why) {
    case failure::none:
      return "none";
    case failure::not_connected:
      return "not connected";
    case failure::overloaded:
      return "overloaded";
    case failure::lost:
      return "connection lost";
    case failure::timed_out:
      return "timed out";
  }
  return "unknown";
}

class connection::impl : public std::enable_shared_from_this<connection::impl> {
 public:
  impl(boost::asio::io_context& io, connection_options options, logger log)
      : io_(io),
        options_(std::move(options)),
        log_(std::move(log)),
        attempt_timer_(io),
        deadline_timer_(io) {}

  void start();
  void stop();
  failure execute(std::string_view wire, callback done);

  bool ready() const { return phase_ == phase::ready; }
  std::size_t unanswered() const;
  const std::string& last_error() const { return last_error_; }

  std::function<void()> on_connected;
  std::function<void(const std::string&)> on_disconnected;

 private:
  enum class phase { stopped, connecting, ready, pausing };
  using lanes = std::vector<std::shared_ptr<lane>>;

  void connect();
  void on_lane_ready();
  void drop(failure why, const std::string& reason);
  void pause();
  static void close(const lanes& old, failure why);
  void after(std::chrono::milliseconds delay, void (impl::*then)());
  void on_attempt_deadline();
  clock::time_point next_deadline() const;
  void watch_oldest();
  void on_deadline();

  boost::asio::io_context& io_;
  const connection_options options_;
  const logger log_;
  phase phase_ = phase::stopped;
  lanes lanes_;
  std::size_t lanes_ready_ = 0;
  std::string last_error_;
  bool outage_logged_ = false;
  // Since the last success.
  int attempts_failed_ = 0;
  std::minstd_rand random_{std::random_device{}()};

  // Ends an attempt at its timeout, or delays the next one. wait_number_ identifies the wait that
  // is current; handlers of earlier waits do nothing.
  boost::asio::steady_timer attempt_timer_;
  unsigned wait_number_ = 0;

  // Expires when the oldest command is due: about one wait per deadline, however many commands.
  boost::asio::steady_timer deadline_timer_;
  bool deadline_watched_ = false;
};

void connection::impl::start() {
  if (phase_ != phase::stopped) return;
  last_error_.clear();
  connect();
}

void connection::impl::stop() {
  phase_ = phase::stopped;
  ++wait_number_;
  attempt_timer_.cancel();
  deadline_timer_.cancel();
  close(std::exchange(lanes_, {}), failure::lost);
}

failure connection::impl::execute(std::string_view wire, callback done) {
  if (phase_ != phase::ready) return failure::not_connected;
  // Chooses the first lane with room, so that few commands still share one write, otherwise the
  // least busy one.
  lane* chosen = nullptr;
  bool has_room = false;
  std::size_t commands = 0, bytes = 0;
  for (const auto& each : lanes_) {
    commands += each->unanswered();
    bytes += each->unanswered_bytes();
    if (has_room) continue;
    has_room = each->unanswered_bytes() + wire.size() <= lane_fill;
    if (has_room || !chosen || each->unanswered_bytes() < chosen->unanswered_bytes())
      chosen = each.get();
  }
  if (!fits_in_flight(options_, commands, bytes, wire.size())) return failure::overloaded;
  chosen->send(wire, std::move(done));
  if (!deadline_watched_) watch_oldest();
  return failure::none;
}

std::size_t connection::impl::unanswered() const {
  std::size_t sum = 0;
  for (const auto& each : lanes_) sum += each->unanswered();
  return sum;
}

void connection::impl::connect() {
  phase_ = phase::connecting;
  lanes_ready_ = 0;
  after(options_.connect_timeout, &impl::on_attempt_deadline);
  const lane::handlers handlers{
      [this] { on_lane_ready(); },
      [this](const std::string& reason) { drop(failure::lost, reason); }};
  for (int i = 0; i < std::max(1, options_.lanes); ++i)
    lanes_.push_back(std::make_shared<lane>(io_, options_, handlers));
  for (const auto& each : lanes_) each->open();
}

void connection::impl::on_lane_ready() {
  if (++lanes_ready_ < lanes_.size()) return;
  phase_ = phase::ready;
  ++wait_number_;
  attempt_timer_.cancel();
  attempts_failed_ = 0;
  outage_logged_ = false;
  last_error_.clear();
  log_.info("redis connected", {{"redis", options_.where.describe()}});
  if (on_connected) on_connected();
}

// Ends the connection or the attempt. A failure of one lane ends all of them.
void connection::impl::drop(failure why, const std::string& reason) {
  const auto self = shared_from_this();
  const bool was_ready = phase_ == phase::ready;
  const auto old = std::exchange(lanes_, {});
  last_error_ = reason;
  if (!std::exchange(outage_logged_, true))
    log_.warn(
        was_ready ? "redis connection lost" : "redis unreachable or rejects the connection",
        {{"redis", options_.where.describe()}, {"reason", reason}}
    );
  pause();
  if (was_ready && on_disconnected) on_disconnected(last_error_);
  close(old, why);
}

void connection::impl::pause() {
  phase_ = phase::pausing;
  const auto min = options_.min_reconnect_pause;
  attempts_failed_ = std::min(attempts_failed_ + 1, 16);
  const auto max =
      std::max(min, std::min(options_.max_reconnect_pause, min * (1 << attempts_failed_)));
  std::uniform_int_distribution<std::int64_t> draw(min.count(), max.count());
  after(std::chrono::milliseconds(draw(random_)), &impl::connect);
}

void connection::impl::close(const lanes& old, failure why) {
  // Closes all lanes before the first callback, which may start the connection again.
  std::vector<lane::waiter> failed;
  for (const auto& each : old)
    for (auto& waiter : each->close()) failed.push_back(std::move(waiter));
  for (auto& waiter : failed) waiter.done(why, reply{});
}

void connection::impl::after(std::chrono::milliseconds delay, void (impl::*then)()) {
  attempt_timer_.expires_after(delay);
  attempt_timer_.async_wait([self = shared_from_this(), number = ++wait_number_,
                             then](error_code error) {
    if (!error && number == self->wait_number_) (self.get()->*then)();
  });
}

void connection::impl::on_attempt_deadline() {
  drop(
      failure::lost,
      "no connection within " + std::to_string(options_.connect_timeout.count()) + " ms"
  );
}

// Returns the deadline of the oldest command in flight, or the far future if there is none.
clock::time_point connection::impl::next_deadline() const {
  auto oldest = clock::time_point::max();
  for (const auto& each : lanes_)
    if (each->unanswered() > 0) oldest = std::min(oldest, each->oldest() + options_.reply_deadline);
  return oldest;
}

void connection::impl::watch_oldest() {
  deadline_watched_ = true;
  deadline_timer_.expires_at(next_deadline());
  deadline_timer_.async_wait([self = shared_from_this()](error_code) { self->on_deadline(); });
}

// Runs after a cancelled wait too, which may belong to an earlier connection.
void connection::impl::on_deadline() {
  deadline_watched_ = false;
  const auto due = next_deadline();
  if (due == clock::time_point::max()) return;
  if (clock::now() < due) return watch_oldest();
  drop(
      failure::timed_out,
      "no reply within " + std::to_string(options_.reply_deadline.count()) + " ms"
  );
}

connection::connection(boost::asio::io_context& io, connection_options options, logger log)
    : impl_(std::make_shared<impl>(io, std::move(options), std::move(log))) {}

connection::~connection() {
  impl_->on_connected = nullptr;
  impl_->on_disconnected = nullptr;
  impl_->stop();
}

void connection::on_connected(std::function<void()> hook) {
  impl_->on_connected = std::move(hook);
}
void connection::on_disconnected(std::function<void(const std::string&)> hook) {
  impl_->on_disconnected = std::move(hook);
}
void connection::start() {
  impl_->start();
}
void connection::stop() {
  impl_->stop();
}
bool connection::connected() const {
  return impl_->ready();
}
std::size_t connection::unanswered() const {
  return impl_->unanswered();
}
const std::string& connection::last_error() const {
  return impl_->last_error();
}
failure connection::execute(std::string_view wire, callback done) {
  return impl_->execute(wire, std::move(done));
}

}  // namespace trunkline::redis
