// SPDX-License-Identifier: Apache-2.0
#include "common/redis/client.hpp"

#include <boost/asio/io_context.hpp>
#include <limits>
#include <utility>

namespace trunkline::redis {
namespace {

using clock = std::chrono::steady_clock;

// Each call has its own deadline, and a caller that waits for replies cannot accumulate commands.
connection_options without_limits(connection_options options) {
  options.reply_deadline = std::chrono::hours(24);
  options.max_unanswered = std::numeric_limits<std::size_t>::max();
  options.max_unanswered_bytes = std::numeric_limits<std::size_t>::max();
  // Keeps the results in order.
  options.lanes = 1;
  return options;
}

}  // namespace

std::string client::result::error() const {
  if (why == failure::none) return reply.is_error() ? reply.text : std::string{};
  return reason.empty() ? std::string(to_string(why)) : reason;
}

struct client::impl {
  impl(connection_options options, logger log)
      : link(io, without_limits(std::move(options)), std::move(log)) {}

  // Returns false if the deadline passed first.
  template <class Done>
  bool run_until(clock::time_point deadline, Done done) {
    while (!done()) {
      if (clock::now() >= deadline) return false;
      // A loop that ran out of work stays stopped otherwise.
      io.restart();
      io.run_one_until(deadline);
    }
    return true;
  }

  // Processes the events since the last call, so that a connection that was closed meanwhile does
  // not get the next command.
  void catch_up() {
    io.restart();
    io.poll();
  }

  // Returns the reason if there is no connection, otherwise an empty string.
  std::string connect(clock::time_point deadline) {
    if (link.connected()) return {};
    // It may be in the pause between two attempts.
    link.stop();
    link.start();
    run_until(deadline, [&] { return link.connected() || !link.last_error().empty(); });
    if (link.connected()) return {};
    auto reason = link.last_error();
    link.stop();
    return reason.empty() ? "no connection in time" : reason;
  }

  void fail_from(
      std::size_t first, std::vector<result>& results, failure why, const std::string& reason
  ) {
    for (auto i = first; i < results.size(); ++i) {
      results[i].why = why;
      results[i].reason = reason;
    }
  }

  template <class AppendWire>
  std::vector<result> call(std::size_t count, clock::time_point deadline, AppendWire append);

  boost::asio::io_context io{1};
  connection link;
};

// append(wire, i) writes the i-th of count commands.
template <class AppendWire>
std::vector<client::result> client::impl::call(
    std::size_t count, clock::time_point deadline, AppendWire append
) {
  std::vector<result> results(count);
  catch_up();
  if (auto reason = connect(deadline); !reason.empty()) {
    fail_from(0, results, failure::not_connected, reason);
    return results;
  }

  std::size_t replied = 0;
  failure broken = failure::none;
  const auto on_reply = [&](failure why, redis::reply&& reply) {
    if (why != failure::none)
      broken = why;
    else
      results[replied++].reply = std::move(reply);
  };
  std::string wire;
  for (std::size_t i = 0; i < count; ++i) {
    wire.clear();
    append(wire, i);
    link.execute(wire, on_reply);
  }

  const bool in_time =
      run_until(deadline, [&] { return replied == count || broken != failure::none; });
  if (!in_time) {
    // A late reply must not be taken for that of the next command.
    link.stop();
    fail_from(replied, results, failure::timed_out, "no reply in time");
  } else if (broken != failure::none) {
    fail_from(replied, results, broken, link.last_error());
    link.stop();
  }
  return results;
}

client::client(connection_options options, logger log)
    : impl_(std::make_unique<impl>(std::move(options), std::move(log))) {}

client::~client() = default;

client::result client::execute(
    const std::vector<std::string>& args, std::chrono::milliseconds deadline
) {
  auto results = impl_->call(1, clock::now() + deadline, [&](std::string& wire, std::size_t) {
    append_command(wire, args);
  });
  return std::move(results.front());
}

std::vector<client::result> client::pipeline(
    const std::vector<std::vector<std::string>>& commands, std::chrono::milliseconds deadline
) {
  return impl_->call(
      commands.size(), clock::now() + deadline,
      [&](std::string& wire, std::size_t i) { append_command(wire, commands[i]); }
  );
}

void client::close() {
  impl_->link.stop();
  impl_->catch_up();
}

}  // namespace trunkline::redis
