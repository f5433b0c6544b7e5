// SPDX-License-Identifier: Apache-2.0
#include "gateway/http_session.hpp"

#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <memory>

#include "common/process/clock.hpp"
#include "common/text/encoding.hpp"
#include "gateway/outcome_responses.hpp"
#include "gateway/request_decision.hpp"
#include "gateway/session_log.hpp"

namespace trunkline::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using clock = std::chrono::steady_clock;

// Bytes read beyond a header section: a small body, or the next request.
constexpr std::size_t read_ahead = 4096;
constexpr std::chrono::seconds linger_time{2};
constexpr int min_retry_after = 5, max_retry_after = 30;

// A request passes read, on_head, on_request, on_appended, respond and on_written, in this order.
class http_session final : public session, public std::enable_shared_from_this<http_session> {
 public:
  http_session(asio::io_context& io, session_context& context)
      : context_(context),
        socket_(io),
        reader_(context.settings.reader),
        in_size_(context.settings.reader.max_header + read_ahead) {
    context_.sessions.insert(this);
    context_.counts.connections.add(1);
  }

  ~http_session() override {
    context_.sessions.erase(this);
    context_.counts.connections.add(-1);
    context_.open_connections.fetch_sub(1, std::memory_order_relaxed);
  }

  bool start(int socket) {
    error_code error;
    // The address family has no effect here: TCP and unix sockets are read and written in the same
    // way.
    socket_.assign(asio::generic::stream_protocol(AF_INET, 0), socket, error);
    if (error) return false;
    // Without it Asio would block inside a read.
    socket_.non_blocking(true, error);
    // The last reference to the session closes the socket.
    if (error) return true;
    enter(phase::idle, context_.settings.header_timeout);
    read();
    return true;
  }

  void check_deadline(time_point now) override {
    if (now < deadline_) return;
    if (phase_ != phase::header && phase_ != phase::body) return abort();
    // The pending read or write completes as cancelled and responds 408.
    timed_out_ = true;
    deadline_ = time_point::max();
    error_code ignored;
    socket_.cancel(ignored);
  }

  void close_if_idle() override {
    if (phase_ == phase::idle && served_ > 0) linger();
  }

  std::optional<time_point> idle_since() const override {
    if (phase_ != phase::idle || !socket_.is_open() || begin_ != end_) return {};
    return entered_;
  }

  void abort() override {
    deadline_ = time_point::max();
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  enum class phase { idle, header, body, queue, write, linger };

  void enter(phase next, std::chrono::milliseconds limit) { enter(next, limit, clock::now()); }

  void enter(phase next, std::chrono::milliseconds limit, time_point now) {
    phase_ = next;
    entered_ = now;
    deadline_ = now + limit;
  }

  std::string_view pending() const { return {in_.get() + begin_, end_ - begin_}; }

  // Waits without a buffer, because only few connections have bytes to read at one time.
  void read() {
    socket_.async_wait(asio::socket_base::wait_read, [self = shared_from_this()](error_code error) {
      self->on_readable(error);
    });
  }

  void on_readable(error_code error) {
    std::size_t n = 0;
    if (!error) {
      prepare_buffer();
      n = socket_.read_some(asio::buffer(in_.get() + end_, in_size_ - end_), error);
    }
    if (error == asio::error::would_block)
      read();
    else
      on_read(error, n);
    release_buffer();
  }

  void prepare_buffer() {
    if (!in_) in_ = context_.buffers.acquire(in_size_);
    if (end_ < in_size_) return;
    std::memmove(in_.get(), in_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }

  // Releases the buffer if all of it is consumed; head and body are copies.
  void release_buffer() {
    if (begin_ != end_) return;
    begin_ = end_ = 0;
    if (in_) context_.buffers.release(std::move(in_));
  }

  void on_read(error_code error, std::size_t n) {
    if (timed_out_) return reject_unreadable(outcome::too_slow, "deadline");
    if (phase_ == phase::linger) {
      // Discards the bytes. Closing a socket with unread bytes would reset the connection before
      // the sender has the response.
      if (error) return abort();
      begin_ = end_ = 0;
      return read_again_lingering();
    }
    if (error) return abort();
    end_ += n;
    proceed();
  }

  // Processes the available bytes until more are needed or a response is pending.
  void proceed() {
    for (;;) {
      std::size_t consumed = 0;
      const auto event = reader_.advance(pending(), consumed);
      begin_ += consumed;
      switch (event) {
        case request_reader::event::need_more:
          if (phase_ == phase::idle && !pending().empty())
            enter(phase::header, context_.settings.header_timeout);
          return read();
        case request_reader::event::head:
          if (!on_head()) return;
          break;
        case request_reader::event::complete:
          return on_request();
        case request_reader::event::rejected:
          return reject_unreadable(reader_.rejection(), reader_.problem());
      }
    }
  }

  // The response ends the connection, because the start of the next request is unknown.
  void reject_unreadable(outcome value, std::string_view problem) {
    timed_out_ = false;
    if (delivery_id_.empty()) begin_delivery();
    respond(value, problem, true);
  }

  void begin_delivery() {
    signer_ = signer::none;
    started_ = clock::now();
    delivery_id_ = make_delivery_id(unix_ms());
  }

  // Returns false if a response, or 100 Continue, is being sent.
  bool on_head() {
    begin_delivery();
    const auto& head = reader_.head();
    log_begun(context_.log, delivery_id_, head);
    if (const auto rejection = reject_head(head, context_.settings.reader.max_body)) {
      const bool unclear = *rejection == outcome::no_length || *rejection == outcome::expectation;
      respond(*rejection, "", unclear || head.has_body());
      return false;
    }
    enter(phase::body, context_.settings.body_timeout, started_);
    // A sender that waits has sent no byte of the body; a sender that did not wait needs no 100.
    if (!head.expects_continue || !head.has_body() || !pending().empty()) return true;
    if (const auto rejection = reject_expectation(head)) {
      respond(*rejection, "before 100 Continue", true);
      return false;
    }
    asio::async_write(
        socket_, asio::buffer(continue_response),
        [self = shared_from_this()](error_code error, std::size_t) {
          if (error || self->timed_out_) return self->abort();
          self->proceed();
          self->release_buffer();
        }
    );
    return false;
  }

  void on_request() {
    const auto now_ms = unix_ms();
    auto decided = decide(
        *context_.keys, context_.settings.windows, reader_.head(), reader_.body(), delivery_id_,
        now_ms
    );
    if (decided.value != outcome::accepted) return respond(decided.value, decided.detail, false);
    non_json_type_ = decided.non_json_type;
    signer_ = signer_of(decided.entry.scheme);
    log_verified(context_.log, decided.entry, reader_.body().size());
    phase_ = phase::queue;
    // The queue has its own deadline.
    deadline_ = time_point::max();
    const auto rejection = context_.queue.append(
        decided.entry, reader_.body(),
        [self = shared_from_this()](delivery_queue::result&& result) {
          self->on_appended(std::move(result));
        }
    );
    if (rejection) return respond(*rejection, "", false);
    context_.counts.in_flight.add(1);
  }

  void on_appended(delivery_queue::result&& result) {
    context_.counts.in_flight.add(-1);
    if (result.value == outcome::accepted) {
      if (non_json_type_) context_.counts.non_json_types.add(1);
      log_appended(context_.log, delivery_id_, result.entry_id);
    }
    respond(result.value, result.error, false);
  }

  void respond(outcome value, std::string_view detail, bool close) {
    context_.counts.count(signer_, value);
    ++served_;
    const auto& settings = context_.settings;
    close_after_ =
        close || context_.draining || !reader_.head().keep_alive ||
        served_ >= settings.max_requests ||
        context_.open_connections.load(std::memory_order_relaxed) >= settings.max_connections;
    response_details details;
    details.delivery_id = delivery_id_;
    details.date = context_.date;
    details.close = close_after_;
    details.without_body = reader_.head().method == "HEAD";
    const auto kind = response_to(value);
    if (kind == response_kind::unavailable)
      details.retry_after_s =
          std::uniform_int_distribution(min_retry_after, max_retry_after)(context_.random);
    out_.clear();
    append_response(out_, kind, details);
    const auto now = clock::now();
    const auto took = now - started_;
    if (value == outcome::accepted)
      context_.counts.acks.observe(
          std::chrono::duration_cast<std::chrono::microseconds>(took).count()
      );
    log_response(context_.log, delivery_id_, status_of(kind), value, detail, took);
    enter(phase::write, settings.write_timeout, now);
    asio::async_write(
        socket_, asio::buffer(out_),
        [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); }
    );
  }

  void on_written(error_code error) {
    if (error) return abort();
    if (close_after_) {
      linger();
      return read_again_lingering();
    }
    reader_.next();
    delivery_id_.clear();
    enter(phase::idle, context_.settings.idle_timeout);
    // Under load the next request has usually arrived, and reading immediately saves a wait.
    if (pending().empty()) return on_readable({});
    proceed();
    release_buffer();
  }

  void linger() {
    enter(phase::linger, linger_time);
    error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
  }

  void read_again_lingering() {
    begin_ = end_ = 0;
    read();
  }

  session_context& context_;
  asio::generic::stream_protocol::socket socket_;
  request_reader reader_;
  std::size_t in_size_;
  // Held only while bytes are unconsumed.
  std::unique_ptr<char[]> in_;
  std::size_t begin_ = 0, end_ = 0;
  std::string out_;
  std::string delivery_id_;
  phase phase_ = phase::idle;
  time_point deadline_ = time_point::max();
  // Start of the current phase.
  time_point entered_;
  // Start of the current delivery.
  time_point started_;
  int served_ = 0;
  signer signer_ = signer::none;
  bool timed_out_ = false, close_after_ = false, non_json_type_ = false;
};

}  // namespace

void start_session(asio::io_context& io, session_context& context, int socket) {
  const auto started = std::make_shared<http_session>(io, context);
  if (!started->start(socket)) ::close(socket);
}

}  // namespace trunkline::gateway
