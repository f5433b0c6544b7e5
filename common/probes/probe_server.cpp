// SPDX-License-Identifier: Apache-2.0
#include "common/probes/probe_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <stdexcept>
#include <thread>

namespace trunkline::probes {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr int most_connections = 32;
constexpr std::size_t most_header_bytes = 4096;
constexpr std::chrono::seconds request_deadline{5};
constexpr std::chrono::milliseconds accept_pause{100};

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

// One request, one response, close: probes are rare, and nothing of one is left for the next.
class probe : public std::enable_shared_from_this<probe> {
 public:
  probe(tcp::socket socket, const probe_server::handler& handle, int& open)
      : stream_(std::move(socket)),
        handle_(handle),
        open_(open),
        buffer_(most_header_bytes + 1024) {
    ++open_;
    parser_.header_limit(most_header_bytes);
    parser_.body_limit(0);
  }
  ~probe() { --open_; }

  void start() {
    stream_.expires_after(request_deadline);
    http::async_read(
        stream_, buffer_, parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); }
    );
  }

 private:
  void on_read(error_code error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
      return write({431, R"({"error":"header fields too large"})"});
    if (error == http::error::body_limit) return write({413, R"({"error":"no body is wanted"})"});
    if (error.category() == make_error_code(http::error::bad_method).category())
      return write({400, R"({"error":"bad request"})"});
    if (error) return;
    const auto method = parser_.get().method();
    if (method != http::verb::get && method != http::verb::head)
      return write({405, R"({"error":"method not allowed"})"});
    const auto target = view(parser_.get().target());
    write(handle_(target.substr(0, target.find('?'))));
  }

  void write(response given) {
    response_.result(static_cast<unsigned>(given.status));
    response_.version(11);
    response_.set(http::field::content_type, given.content_type);
    response_.set(http::field::cache_control, "no-store");
    if (given.status == 405) response_.set(http::field::allow, "GET, HEAD");
    response_.keep_alive(false);
    response_.body() = std::move(given.body);
    response_.prepare_payload();
    if (parser_.is_header_done() && parser_.get().method() == http::verb::head)
      response_.body().clear();
    http::async_write(stream_, response_, [self = shared_from_this()](error_code, std::size_t) {
      error_code ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    });
  }

  beast::tcp_stream stream_;
  const probe_server::handler& handle_;
  int& open_;
  beast::flat_buffer buffer_;
  http::request_parser<http::empty_body> parser_;
  http::response<http::string_body> response_;
};

tcp::endpoint resolve(const std::string& listen) {
  std::string host;
  std::uint16_t port = 0;
  if (const auto wrong = parse_listen(listen, host, port); !wrong.empty())
    throw std::runtime_error("cannot listen on " + listen + ": " + wrong);
  asio::io_context io;
  error_code error;
  const auto found = tcp::resolver(io).resolve(
      host, std::to_string(port), tcp::resolver::passive | tcp::resolver::numeric_service, error
  );
  if (error || found.empty())
    throw std::runtime_error("cannot listen on " + listen + ": " + error.message());
  return found.begin()->endpoint();
}

}  // namespace

struct probe_server::impl {
  impl(handler h, logger l) : handle(std::move(h)), log(std::move(l)), acceptor(io), timer(io) {}

  void listen(const std::string& where) {
    const auto endpoint = resolve(where);
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(most_connections, error);
    if (error) throw std::runtime_error("cannot listen on " + where + ": " + error.message());
    const auto bound = acceptor.local_endpoint();
    const auto host = bound.address().to_string();
    address =
        (bound.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(bound.port());
  }

  void accept() {
    if (open >= most_connections) return pause();
    acceptor.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return pause();
      std::make_shared<probe>(std::move(socket), handle, open)->start();
      accept();
    });
  }

  // Full, or out of descriptors: look again soon instead of spinning.
  void pause() {
    timer.expires_after(accept_pause);
    timer.async_wait([this](error_code error) {
      if (!error) accept();
    });
  }

  handler handle;
  logger log;
  int open = 0;  // before io: what io still holds at the end counts itself down
  std::string address;
  asio::io_context io{1};
  tcp::acceptor acceptor;
  asio::steady_timer timer;
  std::thread thread;
};

probe_server::probe_server(std::string listen, handler handle, logger log)
    : impl_(std::make_unique<impl>(std::move(handle), std::move(log))) {
  if (listen.empty()) return;
  impl_->listen(listen);
  impl_->log.debug("ops listener", {{"listen", impl_->address}});
  impl_->accept();
  impl_->thread = std::thread([raw = impl_.get()] { raw->io.run(); });
}

probe_server::~probe_server() {
  impl_->io.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

std::string probe_server::address() const {
  return impl_->address;
}

std::string parse_listen(std::string_view text, std::string& host, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return "must be HOST:PORT, such as 127.0.0.1:5000";
  auto name = text.substr(0, colon);
  if (name.starts_with('[') && name.ends_with(']'))
    name = name.substr(1, name.size() - 2);
  else if (name.find(':') != std::string_view::npos)
    return "an IPv6 address needs brackets: [::1]:5000";
  if (name.empty()) return "must be HOST:PORT; 0.0.0.0 as host means every address of this machine";
  const auto digits = text.substr(colon + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() ||
      number > 65535)
    return "the port must be 0 to 65535";
  host = name;
  port = static_cast<std::uint16_t>(number);
  return {};
}

}  // namespace trunkline::probes
