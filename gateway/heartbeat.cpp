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

constexpr std::chrono::seconds period{2};
constexpr std::string_view card_lifetime_s = "30";
constexpr std::string_view figures_lifetime_s = "7200";
constexpr std::size_t most_minutes = 100;  // workers look back for 110

std::int64_t unix_minute() {
  return std::chrono::duration_cast<std::chrono::minutes>(
             std::chrono::system_clock::now().time_since_epoch()
  )
      .count();
}

std::string field_of(outcome what) {
  if (what == outcome::accepted) return "accepted";
  return "refused:" + std::string(to_string(what));
}

}  // namespace

struct heartbeat::impl {
  using counts = std::array<std::int64_t, outcome_count>;

  impl(boost::asio::io_context& io, options o, card_source c, figures_source f, logger log)
      : given(std::move(o)),
        make_card(std::move(c)),
        sum_up(std::move(f)),
        timer(io),
        connection(io, given.connection, std::move(log)) {
    connection.on_connected([this] { beat(); });
  }

  void collect();
  void beat();
  void send_card();
  void take_card_away();
  void send_presence();
  void send_minute(std::int64_t minute, counts& of_minute);
  void again();

  options given;
  bool ending = false;
  card_source make_card;
  figures_source sum_up;
  boost::asio::steady_timer timer;
  counts seen{};                           // of the sums: what went into the minutes already
  std::map<std::int64_t, counts> minutes;  // not in Redis yet
  std::set<std::int64_t> missed;           // minutes with figures of which it is not known
  redis::connection connection;            // last: its callbacks use the others until it is gone
};

void heartbeat::impl::collect() {
  const auto sum = sum_up();
  auto& now = minutes[unix_minute()];
  for (std::size_t i = 0; i < outcome_count; ++i) now[i] += sum.outcomes[i] - seen[i];
  seen = sum.outcomes;
  keep_newest(minutes, most_minutes);
}

void heartbeat::impl::beat() {
  collect();
  if (!connection.connected()) return;
  ending ? take_card_away() : send_card();
  for (auto& [minute, of_minute] : minutes) send_minute(minute, of_minute);
  send_presence();
  std::erase_if(minutes, [](const auto& each) { return each.second == counts{}; });
}

void heartbeat::impl::send_card() {
  const auto key = stream::process_key(given.stream_namespace, "gateway", given.id);
  std::vector<std::string> args{"HSET", key};
  for (auto& [name, value] : make_card()) {
    args.push_back(std::move(name));
    args.push_back(std::move(value));
  }
  std::string set, expire;
  redis::append_command(set, args);
  redis::append_command(expire, {"EXPIRE", key, card_lifetime_s});
  // What becomes of a card matters until the next one only.
  connection.execute(set, [](redis::failure, redis::reply&&) {});
  connection.execute(expire, [](redis::failure, redis::reply&&) {});
}

// Else a gateway that a deploy has replaced is listed for half a minute more. No right to DEL: it
// is the one that would let a gateway remove the stream.
void heartbeat::impl::take_card_away() {
  std::string wire;
  redis::append_command(
      wire, {"EXPIRE", stream::process_key(given.stream_namespace, "gateway", given.id), "0"}
  );
  connection.execute(wire, [](redis::failure, redis::reply&&) {});
}

// Whoever sums up sees by it whether a gateway ended with figures that it had not sent.
void heartbeat::impl::send_presence() {
  const auto key = stream::minute_key(given.stream_namespace, unix_minute());
  std::string set, expire;
  redis::append_command(set, {"HSET", key, "gateway:" + given.id, ending ? "closed" : "open"});
  redis::append_command(expire, {"EXPIRE", key, figures_lifetime_s});
  connection.execute(set, [](redis::failure, redis::reply&&) {});
  connection.execute(expire, [](redis::failure, redis::reply&&) {});
  for (const auto minute : std::set(missed)) {
    const auto of_then = stream::minute_key(given.stream_namespace, minute);
    std::string mark, keep;
    redis::append_command(mark, {"HSET", of_then, "at_least", "1"});
    redis::append_command(keep, {"EXPIRE", of_then, figures_lifetime_s});
    connection.execute(mark, [this, minute](redis::failure why, redis::reply&& answer) {
      if (why == redis::failure::none && !answer.is_error()) missed.erase(minute);
    });
    connection.execute(keep, [](redis::failure, redis::reply&&) {});
  }
}

// Figures that are certainly not in Redis go back; after a lost connection that is not known, and a
// figure is rather missed than counted twice.
void heartbeat::impl::send_minute(std::int64_t minute, counts& of_minute) {
  const auto key = stream::minute_key(given.stream_namespace, minute);
  bool any = false;
  for (std::size_t i = 0; i < outcome_count; ++i) {
    if (of_minute[i] == 0) continue;
    const auto n = of_minute[i];
    std::string wire;
    redis::append_command(
        wire, {"HINCRBY", key, field_of(outcome_rows[i].what), std::to_string(n)}
    );
    const auto failed =
        connection.execute(wire, [this, minute, i, n](redis::failure why, redis::reply&& answer) {
          if (why != redis::failure::none)
            missed.insert(minute);
          else if (answer.is_error())
            minutes[minute][i] += n;
        });
    if (failed != redis::failure::none) continue;
    of_minute[i] = 0;
    any = true;
  }
  if (!any) return;
  std::string wire;
  redis::append_command(wire, {"EXPIRE", key, figures_lifetime_s});
  connection.execute(wire, [](redis::failure, redis::reply&&) {});
}

void heartbeat::impl::again() {
  timer.expires_after(period);
  timer.async_wait([this](boost::system::error_code error) {
    if (error) return;
    beat();
    again();
  });
}

heartbeat::heartbeat(
    boost::asio::io_context& io, options o, card_source c, figures_source f, logger log
)
    : impl_(std::make_unique<impl>(io, std::move(o), std::move(c), std::move(f), std::move(log))) {}
heartbeat::~heartbeat() = default;

void heartbeat::start() {
  impl_->connection.start();
  impl_->again();
}

void heartbeat::beat() {
  impl_->beat();
}
void heartbeat::finish() {
  impl_->ending = true;
  impl_->beat();
}
bool heartbeat::settled() const {
  return impl_->connection.unanswered() == 0;
}

}  // namespace trunkline::gateway
