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

// The one listening socket. Accepted sockets are dealt out; at max_connections, or without free
// descriptors, new connections wait in the kernel's backlog, and room is asked for.
class listener {
 public:
  using receiver = std::function<void(int socket)>;
  using room_maker = std::function<void()>;  // called again and again while a client waits

  // How often accepting had to pause while a client waited.
  struct pauses {
    std::atomic<std::int64_t> at_limit{0}, without_descriptors{0};
  };

  // listen: see listening_socket.hpp. Binds at once; throws std::runtime_error naming the address
  // and why. open_connections: raised here, lowered by whoever ends a connection.
  listener(
      boost::asio::io_context&, const std::string& listen, int max_connections,
      std::atomic<int>& open_connections, receiver, logger, room_maker = {}
  );
  ~listener();

  void start();
  // Takes what waits in the backlog, then listens no more: closing with a backlog would reset its
  // connections. A socket that a supervisor passed stays open there, with its backlog, for the next
  // process: nothing more is taken from it.
  void finish();
  const std::string& address() const;  // where it listens in fact
  const pauses& paused() const;        // from any thread

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
