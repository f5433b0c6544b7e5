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

// Transports bytes to and from one server over TCP, TLS or a unix socket. Used for one connection
// only. It has no deadlines: its owner closes it in time.
class transport {
 public:
  struct handlers {
    std::function<void()> opened;
    std::function<void(std::string_view bytes)> received;
    // Called once, as the last handler.
    std::function<void(std::string reason)> failed;
  };
  virtual ~transport() = default;

  virtual void open(handlers) = 0;
  // Everything that is sent in one iteration of the loop shares one write.
  virtual void send(std::string_view bytes) = 0;
  // No handler is called afterwards, even if a handler calls it.
  virtual void close() = 0;
};

std::shared_ptr<transport> make_transport(boost::asio::io_context&, const endpoint&);

}  // namespace trunkline::redis
