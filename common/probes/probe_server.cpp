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
#include <stdexcept>
#include <thread>

#include "common/text/listen_address.hpp"

namespace trunkline::probes {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr int max_connections = 32;
constexpr std::size_t max_header_bytes = 4096;
constexpr std::chrono::seconds request_deadline{5};
constexpr std::chrono::milliseconds accept_pause{100};

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

// Reads one request, sends one response and closes. Probes are too rare for persistent connections.
class probe : public std::enable_shared_from_this<probe> {
 public:
  probe(tcp::socket socket, const probe_server::handler& handle, int& open)
      : stream_(std::move(socket)), handle_(handle), open_(open), buffer_(max_header_bytes + 1024) {
    ++open_;
    parser_.header_limit(max_header_bytes);
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
    if (error == http::error::body_limit) return write({413, R"({"error":"body not allowed"})"});
    if (error.category() == make_error_code(http::error::bad_method).category())
      return write({400, R"({"error":"bad request"})"});
    if (error) return;
    const auto method = parser_.get().method();
    if (method != http::verb::get && method != http::verb::head)
      return write({405, R"({"error":"method not allowed"})"});
    const auto target = view(parser_.get().target());
    write(handle_(target.substr(0, target.find('?'))));
  }

  void write(response content) {
    response_.result(static_cast<unsigned>(content.status));
    response_.version(11);
    response_.set(http::field::content_type, content.content_type);
    response_.set(http::field::cache_control, "no-store");
    if (content.status == 405) response_.set(http::field::allow, "GET, HEAD");
    response_.keep_alive(false);
    response_.body() = std::move(content.body);
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
  if (const auto problem = parse_listen(listen, host, port); !problem.empty())
    throw std::runtime_error("cannot listen on " + listen + ": " + problem);
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
    if (!error) acceptor.listen(max_connections, error);
    if (error) throw std::runtime_error("cannot listen on " + where + ": " + error.message());
    const auto bound = acceptor.local_endpoint();
    const auto host = bound.address().to_string();
    address =
        (bound.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(bound.port());
  }

  void accept() {
    if (open >= max_connections) return pause();
    acceptor.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return pause();
      std::make_shared<probe>(std::move(socket), handle, open)->start();
      accept();
    });
  }

  // At the limit or without file descriptors, accepts again after a pause instead of spinning.
  void pause() {
    timer.expires_after(accept_pause);
    timer.async_wait([this](error_code error) {
      if (!error) accept();
    });
  }

  handler handle;
  logger log;
  // Before io, because the remaining connections of io decrement it.
  int open = 0;
  std::string address;
  asio::io_context io{1};
  tcp::acceptor acceptor;
  asio::steady_timer timer;
  std::thread thread;
};

probe_server::probe_server(const std::string& listen, handler handle, logger log)
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

}  // namespace trunkline::probes
