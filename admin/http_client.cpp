// SPDX-License-Identifier: Apache-2.0
#include "admin/http_client.hpp"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "common/process/version.hpp"

namespace trunkline::admin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

// One exchange. The members are in the order of its steps; run() returns when a step fails or all
// are done.
class exchange {
 public:
  exchange(
      http::verb method, const http_target& target, const http_fields& fields,
      const std::string& body
  )
      : target_(target), request_(method, target.path, 11, body) {
    request_.set(http::field::host, target.authority);
    request_.set(http::field::user_agent, "trunkline/" TRUNKLINE_VERSION);
    if (method == http::verb::post) request_.set(http::field::content_type, "application/json");
    request_.set(http::field::connection, "close");
    for (const auto& [name, value] : fields) request_.insert(name, value);
    request_.prepare_payload();
  }

  http_response run(std::chrono::milliseconds deadline) {
    resolver_.async_resolve(
        target_.host, target_.port,
        [this](error_code error, const tcp::resolver::results_type& found) {
          on_resolved(error, found);
        }
    );
    io_.run_for(deadline);
    if (!done_)
      result_.error = "no response from " + target_.authority + " within " +
                      std::to_string(deadline.count()) + " ms";
    return result_;
  }

 private:
  bool failed(error_code error, const std::string& doing) {
    if (!error) return false;
    result_.error = doing + " " + target_.authority + ": " + error.message();
    done_ = true;
    return true;
  }

  void on_resolved(error_code error, const tcp::resolver::results_type& found) {
    if (failed(error, "cannot resolve")) return;
    asio::async_connect(stream_, found, [this](error_code failure, const tcp::endpoint&) {
      on_connected(failure);
    });
  }

  void on_connected(error_code error) {
    if (failed(error, "cannot connect to")) return;
    http::async_write(stream_, request_, [this](error_code failure, std::size_t) {
      on_written(failure);
    });
  }

  void on_written(error_code error) {
    // A gateway that rejects a request early closes the connection before everything is written.
    // Its response may have arrived already.
    write_error_ = error;
    result_.sent = !error;
    http::async_read(stream_, buffer_, response_, [this](error_code failure, std::size_t) {
      on_read(failure);
    });
  }

  void on_read(error_code error) {
    if (failed(error && write_error_ ? write_error_ : error, "no response from")) return;
    result_.status = static_cast<int>(response_.result_int());
    const auto id = response_["Trunkline-Delivery-Id"];
    result_.delivery_id.assign(id.data(), id.size());
    result_.body = response_.body();
    done_ = true;
  }

  const http_target& target_;
  asio::io_context io_;
  tcp::resolver resolver_{io_};
  tcp::socket stream_{io_};
  http::request<http::string_body> request_;
  beast::flat_buffer buffer_;
  http::response<http::string_body> response_;
  error_code write_error_;
  http_response result_;
  bool done_ = false;
};

bool is_port(std::string_view text) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && !text.empty() && text.size() <= 5 && std::stoi(std::string(text)) <= 65535;
}

}  // namespace

std::string parse_http_url(std::string_view url, http_target& into) {
  constexpr std::string_view scheme = "http://";
  constexpr const char* expected = "must be http://HOST[:PORT]/PATH";
  if (!url.starts_with(scheme)) return expected;
  url.remove_prefix(scheme.size());
  const std::size_t slash = std::min(url.find('/'), url.size());
  std::string_view authority = url.substr(0, slash);
  into.authority = authority;
  into.path = slash == url.size() ? "/api/webhooks/openphone" : std::string(url.substr(slash));
  into.port = "80";
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    into.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']'))
    authority = authority.substr(1, authority.size() - 2);
  into.host = authority;
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
  const bool blanks = std::any_of(into.authority.begin(), into.authority.end(), is_blank) ||
                      std::any_of(into.path.begin(), into.path.end(), is_blank);
  return into.host.empty() || blanks || !is_port(into.port) ? expected : "";
}

http_response http_post(
    const http_target& target, const http_fields& fields, const std::string& body,
    std::chrono::milliseconds deadline
) {
  return exchange(http::verb::post, target, fields, body).run(deadline);
}

http_response http_get(const http_target& target, std::chrono::milliseconds deadline) {
  return exchange(http::verb::get, target, {}, "").run(deadline);
}

}  // namespace trunkline::admin
