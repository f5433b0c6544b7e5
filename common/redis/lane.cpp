// SPDX-License-Identifier: Apache-2.0
#include "common/redis/lane.hpp"

#include <utility>

namespace trunkline::redis {

lane::lane(boost::asio::io_context& io, const connection_options& options, handlers on)
    : transport_(make_transport(io, options.where)),
      handshake_(options.where, options.client_name),
      handlers_(std::move(on)) {}

void lane::open() {
  transport_->open(
      {[this] { transport_->send(handshake_.wire()); },
       [this](std::string_view bytes) { on_bytes(bytes); },
       [this](const std::string& reason) { handlers_.failed(reason); }}
  );
}

std::deque<lane::waiter> lane::close() {
  closed_ = true;
  transport_->close();
  unanswered_bytes_ = 0;
  return std::exchange(waiters_, {});
}

void lane::send(std::string_view wire, connection::callback done) {
  waiters_.push_back({std::move(done), clock::now(), wire.size()});
  unanswered_bytes_ += wire.size();
  transport_->send(wire);
}

void lane::on_bytes(std::string_view bytes) {
  // A callback may stop or destroy the connection.
  const auto self = shared_from_this();
  reader_.feed(bytes);
  reply next;
  while (!closed_ && reader_.next(next)) {
    if (handshake_.complete())
      on_reply(std::move(next));
    else
      on_greeting(next);
  }
  if (!closed_ && reader_.broken()) handlers_.failed("protocol error");
}

void lane::on_greeting(const reply& greeting) {
  if (const auto error = handshake_.on_reply(greeting); !error.empty())
    return handlers_.failed(error);
  if (handshake_.complete()) handlers_.ready();
}

void lane::on_reply(reply&& reply) {
  if (waiters_.empty()) return handlers_.failed("reply without a command");
  const auto done = std::move(waiters_.front().done);
  unanswered_bytes_ -= waiters_.front().bytes;
  waiters_.pop_front();
  done(failure::none, std::move(reply));
}

}  // namespace trunkline::redis
