// SPDX-License-Identifier: Apache-2.0
#include "common/redis/transport.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <cctype>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace trunkline::redis {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using boost::system::error_code;
// One socket type for TCP and unix sockets.
using generic = asio::generic::stream_protocol;
using tcp = asio::ip::tcp;

constexpr std::size_t read_size = 64 * 1024;

std::string describe(const error_code& error) {
  if (error == asio::error::eof || error == ssl::error::stream_truncated)
    return "closed by the server";
  auto text = error.message();
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

bool is_address(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

ssl::context make_tls_context() {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_default_verify_paths();
  context.set_verify_mode(ssl::verify_peer);
  return context;
}

class socket_transport final : public transport,
                               public std::enable_shared_from_this<socket_transport> {
 public:
  socket_transport(asio::io_context& io, const endpoint& where)
      : io_(io), where_(where), resolver_(io), socket_(io), incoming_(read_size) {}

  void open(handlers on) override {
    handlers_ = std::move(on);
    if (where_.via != endpoint::transport::unix_socket) return resolve();
    try {
      candidates_.emplace_back(asio::local::stream_protocol::endpoint(where_.path));
      connect();
    } catch (const boost::system::system_error& error) {
      // The path is too long for a socket.
      asio::post(io_, [self = shared_from_this(), code = error.code()] { self->fail(code); });
    }
  }

  void send(std::string_view bytes) override {
    filling_.append(bytes);
    if (flush_planned_ || writing_) return;
    // Posted after the handlers that are ready now, so that their bytes share the write.
    flush_planned_ = true;
    asio::post(io_, [self = shared_from_this()] {
      self->flush_planned_ = false;
      self->flush();
    });
  }

  void close() override {
    closed_ = true;
    error_code ignored;
    resolver_.cancel();
    socket_.close(ignored);
  }

 private:
  void resolve() {
    // Addresses bypass the resolver, whose thread may be busy with an earlier name for seconds.
    error_code error;
    const auto address = asio::ip::make_address(where_.host, error);
    if (!error) {
      candidates_.emplace_back(tcp::endpoint(address, where_.port));
      return connect();
    }
    resolver_.async_resolve(
        where_.host, std::to_string(where_.port),
        [self = shared_from_this()](error_code failed, const tcp::resolver::results_type& found) {
          if (failed) return self->fail(failed);
          for (const auto& result : found) self->candidates_.emplace_back(result.endpoint());
          self->connect();
        }
    );
  }

  // Tries the next address. The error of the last one is the reason of the failure.
  void connect() {
    if (closed_) return;
    const auto& candidate = candidates_[next_candidate_++];
    socket_.async_connect(candidate, [self = shared_from_this()](error_code error) {
      if (!error) return self->on_connected();
      if (self->next_candidate_ == self->candidates_.size()) return self->fail(error);
      error_code ignored;
      self->socket_.close(ignored);
      self->connect();
    });
  }

  void on_connected() {
    if (closed_) return;
    error_code ignored;
    if (where_.via != endpoint::transport::unix_socket) {
      socket_.set_option(tcp::no_delay(true), ignored);
      socket_.set_option(asio::socket_base::keep_alive(true), ignored);
    }
    if (where_.via == endpoint::transport::tls) return start_tls();
    on_open();
  }

  void start_tls() {
    try {
      tls_context_.emplace(make_tls_context());
      tls_.emplace(socket_, *tls_context_);
      tls_->set_verify_callback(ssl::host_name_verification(where_.host));
    } catch (const boost::system::system_error& error) {
      // The CA files are unreadable.
      return fail(error.code());
    }
    if (!is_address(where_.host))
      SSL_set_tlsext_host_name(tls_->native_handle(), where_.host.c_str());
    tls_->async_handshake(ssl::stream_base::client, [self = shared_from_this()](error_code error) {
      if (error) return self->fail(error);
      self->on_open();
    });
  }

  void on_open() {
    if (closed_) return;
    read();
    handlers_.opened();
  }

  void read() {
    auto done = [self = shared_from_this()](error_code error, std::size_t size) {
      self->on_read(error, size);
    };
    if (tls_)
      tls_->async_read_some(asio::buffer(incoming_), std::move(done));
    else
      socket_.async_read_some(asio::buffer(incoming_), std::move(done));
  }

  void on_read(error_code error, std::size_t size) {
    if (closed_) return;
    if (error) return fail(error);
    handlers_.received({incoming_.data(), size});
    if (!closed_) read();
  }

  void flush() {
    if (closed_ || writing_ || filling_.empty()) return;
    writing_ = true;
    std::swap(filling_, leaving_);
    auto done = [self = shared_from_this()](error_code error, std::size_t) {
      self->on_written(error);
    };
    if (tls_)
      asio::async_write(*tls_, asio::buffer(leaving_), std::move(done));
    else
      asio::async_write(socket_, asio::buffer(leaving_), std::move(done));
  }

  void on_written(error_code error) {
    if (error) return fail(error);
    writing_ = false;
    leaving_.clear();
    flush();
  }

  void fail(const error_code& error) {
    if (closed_) return;
    close();
    handlers_.failed(describe(error));
  }

  asio::io_context& io_;
  const endpoint where_;
  tcp::resolver resolver_;
  std::vector<generic::endpoint> candidates_;
  std::size_t next_candidate_ = 0;
  generic::socket socket_;
  std::optional<ssl::context> tls_context_;
  std::optional<ssl::stream<generic::socket&>> tls_;
  // Kept after close(), because one of them may be running.
  handlers handlers_;
  bool closed_ = false;

  std::vector<char> incoming_;
  // Bytes of the next write and of the current one.
  std::string filling_, leaving_;
  bool flush_planned_ = false;
  bool writing_ = false;
};

}  // namespace

std::shared_ptr<transport> make_transport(asio::io_context& io, const endpoint& where) {
  return std::make_shared<socket_transport>(io, where);
}

}  // namespace trunkline::redis
