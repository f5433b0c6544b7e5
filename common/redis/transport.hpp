// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/redis/url.hpp"

namespace boost::asio {
class io_context;
}

namespace trunkline::redis {

// The bytes between us and one server over TCP, TLS or a unix socket. Lives for one connection: a
// new attempt takes a new one. Without deadlines of its own: whoever opened it closes it in time.
class transport {
 public:
  struct handlers {
    std::function<void()> opened;
    std::function<void(std::string_view bytes)> received;
    std::function<void(std::string reason)> failed;  // once; nothing follows it
  };
  virtual ~transport() = default;

  virtual void open(handlers) = 0;
  // Everything given in one turn of the loop leaves in one write.
  virtual void send(std::string_view bytes) = 0;
  // No handler is called any more, also when called by one.
  virtual void close() = 0;
};

std::shared_ptr<transport> make_transport(boost::asio::io_context&, const endpoint&);

}  // namespace trunkline::redis
