// SPDX-License-Identifier: Apache-2.0
#include "gateway/http_session.hpp"

#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <memory>

#include "common/text/encoding.hpp"
#include "gateway/outcome_responses.hpp"
#include "gateway/request_decision.hpp"
#include "gateway/session_log.hpp"

namespace trunkline::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using clock = std::chrono::steady_clock;

constexpr std::size_t read_ahead =
    4096;  // beyond a header section: a small body, or the next request
constexpr std::chrono::seconds linger_time{2};
constexpr int retry_after_least = 5, retry_after_most = 30;

std::int64_t unix_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

// In the order things happen: read, on_head, on_request, on_appended, answer, on_written, and
// again.
class http_session final : public session, public std::enable_shared_from_this<http_session> {
 public:
  http_session(asio::io_context& io, session_host& host)
      : host_(host),
        socket_(io),
        reader_(host.settings.reader),
        in_size_(host.settings.reader.max_header + read_ahead) {
    host_.sessions.insert(this);
    host_.counts.connections.add(1);
  }

  ~http_session() override {
    host_.sessions.erase(this);
    host_.counts.connections.add(-1);
    host_.open_connections.fetch_sub(1, std::memory_order_relaxed);
  }

  bool start(int socket) {
    error_code error;
    // The family matters to nobody from here on: TCP and unix sockets read and write alike.
    socket_.assign(asio::generic::stream_protocol(AF_INET, 0), socket, error);
    if (error) return false;
    socket_.non_blocking(true, error);  // Asio would wait inside a read otherwise
    if (error) return true;             // with the last reference the socket is closed
    enter(phase::idle, host_.settings.header_timeout);
    read();
    return true;
  }

  void check_deadline(time_point now) override {
    if (now < deadline_) return;
    if (phase_ != phase::header && phase_ != phase::body) return abort();
    // The pending read or write comes back as cancelled, and answers 408.
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

  // Waits without a buffer: of a thousand connections few have bytes to read at one time.
  void read() {
    socket_.async_wait(asio::socket_base::wait_read, [self = shared_from_this()](error_code error) {
      self->on_readable(error);
    });
  }

  void on_readable(error_code error) {
    std::size_t n = 0;
    if (!error) {
      make_room();
      n = socket_.read_some(asio::buffer(in_.get() + end_, in_size_ - end_), error);
    }
    if (error == asio::error::would_block)
      read();
    else
      on_read(error, n);
    give_back();
  }

  void make_room() {
    if (!in_) in_ = host_.buffers.take(in_size_);
    if (end_ < in_size_) return;
    std::memmove(in_.get(), in_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }

  // Nothing of it is needed any more: head and body are copies.
  void give_back() {
    if (begin_ != end_) return;
    begin_ = end_ = 0;
    if (in_) host_.buffers.give_back(std::move(in_));
  }

  void on_read(error_code error, std::size_t n) {
    if (timed_out_) return refuse_broken(outcome::too_slow, "deadline");
    if (phase_ == phase::linger) {
      // Taken and thrown away: closing on unread bytes would reset the connection under our answer.
      if (error) return abort();
      begin_ = end_ = 0;
      return read_again_lingering();
    }
    if (error) return abort();
    end_ += n;
    proceed();
  }

  // Works off what is there until something must be waited for.
  void proceed() {
    for (;;) {
      std::size_t consumed = 0;
      const auto event = reader_.advance(pending(), consumed);
      begin_ += consumed;
      switch (event) {
        case request_reader::event::need_more:
          if (phase_ == phase::idle && !pending().empty())
            enter(phase::header, host_.settings.header_timeout);
          return read();
        case request_reader::event::head:
          if (!on_head()) return;
          break;
        case request_reader::event::complete:
          return on_request();
        case request_reader::event::refused:
          return refuse_broken(reader_.refusal(), reader_.problem());
      }
    }
  }

  // The answer ends the connection: where the next request would begin is not known.
  void refuse_broken(outcome what, std::string_view problem) {
    timed_out_ = false;
    if (delivery_id_.empty()) begin_delivery();
    answer(what, problem, true);
  }

  void begin_delivery() {
    signer_ = nobody;
    started_ = clock::now();
    delivery_id_ = make_delivery_id(unix_ms());
  }

  // False: the request was answered, or 100 Continue is under way.
  bool on_head() {
    begin_delivery();
    const auto& head = reader_.head();
    log_begun(host_.log, delivery_id_, head);
    if (const auto refused = refuse_head(head, host_.settings.reader.max_body)) {
      const bool unclear = *refused == outcome::no_length || *refused == outcome::expectation;
      answer(*refused, "", unclear || head.has_body());
      return false;
    }
    enter(phase::body, host_.settings.body_timeout, started_);
    // A sender that waits has sent nothing of the body; one that did not wait needs no 100.
    if (!head.expects_continue || !head.has_body() || !pending().empty()) return true;
    if (const auto refused = refuse_expectation(head)) {
      answer(*refused, "before 100 Continue", true);
      return false;
    }
    asio::async_write(
        socket_, asio::buffer(continue_answer),
        [self = shared_from_this()](error_code error, std::size_t) {
          if (error || self->timed_out_) return self->abort();
          self->proceed();
          self->give_back();
        }
    );
    return false;
  }

  void on_request() {
    const auto now_ms = unix_ms();
    auto decided = decide(
        *host_.keys, host_.settings.windows, reader_.head(), reader_.body(), delivery_id_, now_ms
    );
    if (decided.what != outcome::accepted) return answer(decided.what, decided.detail, false);
    odd_type_ = decided.odd_type;
    signer_ = index_of(decided.entry.scheme);
    log_verified(host_.log, decided.entry, reader_.body().size());
    phase_ = phase::queue;
    deadline_ = time_point::max();  // the queue has a deadline of its own
    const auto refused = host_.queue.append(
        decided.entry, reader_.body(),
        [self = shared_from_this()](delivery_queue::result&& result) {
          self->on_appended(std::move(result));
        }
    );
    if (refused) return answer(*refused, "", false);
    host_.counts.in_flight.add(1);
  }

  void on_appended(delivery_queue::result&& result) {
    host_.counts.in_flight.add(-1);
    if (result.what == outcome::accepted) {
      if (odd_type_) host_.counts.odd_types.add(1);
      log_appended(host_.log, delivery_id_, result.entry_id);
    }
    answer(result.what, result.error, false);
  }

  void answer(outcome what, std::string_view detail, bool close) {
    host_.counts.count(signer_, what);
    ++served_;
    const auto& settings = host_.settings;
    close_after_ =
        close || host_.draining || !reader_.head().keep_alive || served_ >= settings.max_requests ||
        host_.open_connections.load(std::memory_order_relaxed) >= settings.max_connections;
    answer_details details;
    details.delivery_id = delivery_id_;
    details.date = host_.date;
    details.close = close_after_;
    details.without_body = reader_.head().method == "HEAD";
    const auto which = answer_to(what);
    if (which == gateway::answer::unavailable)
      details.retry_after_s =
          std::uniform_int_distribution(retry_after_least, retry_after_most)(host_.random);
    out_.clear();
    append_answer(out_, which, details);
    const auto now = clock::now();
    const auto took = now - started_;
    if (what == outcome::accepted)
      host_.counts.acks.observe(std::chrono::duration_cast<std::chrono::microseconds>(took).count()
      );
    log_answered(host_.log, delivery_id_, status_of(which), what, detail, took);
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
    enter(phase::idle, host_.settings.idle_timeout);
    // Under load the next request is there already: one call instead of a wait and a call.
    if (pending().empty()) return on_readable({});
    proceed();
    give_back();
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

  session_host& host_;
  asio::generic::stream_protocol::socket socket_;
  request_reader reader_;
  std::size_t in_size_;
  std::unique_ptr<char[]> in_;  // only while there are bytes to work off
  std::size_t begin_ = 0, end_ = 0;
  std::string out_;
  std::string delivery_id_;
  phase phase_ = phase::idle;
  time_point deadline_ = time_point::max();
  time_point entered_;  // the phase
  time_point started_;
  int served_ = 0;
  std::size_t signer_ = nobody;
  bool timed_out_ = false, close_after_ = false, odd_type_ = false;
};

}  // namespace

void start_session(asio::io_context& io, session_host& host, int socket) {
  const auto made = std::make_shared<http_session>(io, host);
  if (!made->start(socket)) ::close(socket);
}

}  // namespace trunkline::gateway
