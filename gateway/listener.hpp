// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/log/log.hpp"

namespace boost::asio {
class io_context;
}

namespace trunkline::gateway {

// Accepts connections on the one listening socket and passes them on. At max_connections, or
// without free file descriptors, new connections wait in the backlog of the kernel.
class listener {
 public:
  using receiver = std::function<void(int socket)>;
  // Called repeatedly while a client waits, to close idle connections.
  using evictor = std::function<void()>;

  // The number of times that accepting paused while a client waited.
  struct pauses {
    std::atomic<std::int64_t> at_limit{0}, without_descriptors{0};
  };

  // Binds listen (see listening_socket.hpp) immediately; throws std::runtime_error with the address
  // and the reason. Increments open_connections; the owner of a connection decrements it.
  listener(
      boost::asio::io_context&, const std::string& listen, int max_connections,
      std::atomic<int>& open_connections, receiver, logger, evictor = {}
  );
  ~listener();

  void start();
  // Accepts the connections in the backlog, then closes the socket; closing it first would reset
  // them. A socket passed by a supervisor stays open there with its backlog for the next process,
  // so nothing more is accepted from it.
  void finish();
  // Returns the address that is bound, with the actual port.
  const std::string& address() const;
  // Any thread may call it.
  const pauses& paused() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
