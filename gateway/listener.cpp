// SPDX-License-Identifier: Apache-2.0
#include "gateway/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>

#include "gateway/listening_socket.hpp"

namespace trunkline::gateway {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

// Short, because a connection may end at any moment.
constexpr std::chrono::milliseconds pause_when_full{20};
constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr std::chrono::seconds warning_interval{60};

}  // namespace

struct listener::impl {
  enum class step { accept_next, wait_for_client, wait_for_room, wait_for_descriptor };

  bool is_client_waiting();
  step accept_one();
  void run();
  void pause(std::chrono::milliseconds);
  void warn(std::string_view message, std::string_view reason);

  asio::posix::stream_descriptor socket;
  asio::steady_timer timer;
  int max_connections;
  std::atomic<int>& open_connections;
  receiver assign;
  evictor evict;
  logger log;
  std::string address{};
  // Path of a unix socket that was created here; removed at the end.
  std::string path{};
  bool is_unix = false, passed = false;
  clock::time_point warned_at{};
  pauses paused{};
};

bool listener::impl::is_client_waiting() {
  pollfd entry{socket.native_handle(), POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0;
}

listener::impl::step listener::impl::accept_one() {
  if (open_connections.load(std::memory_order_relaxed) >= max_connections)
    return is_client_waiting() ? step::wait_for_room : step::wait_for_client;
  const int client =
      ::accept4(socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (client >= 0) {
    if (!is_unix) {
      const int on = 1;
      ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    open_connections.fetch_add(1, std::memory_order_relaxed);
    assign(client);
    return step::accept_next;
  }
  switch (errno) {
    case EAGAIN:
      return step::wait_for_client;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return step::wait_for_descriptor;
    default:
      // The client closed its connection before it was accepted.
      return step::accept_next;
  }
}

void listener::impl::run() {
  // Bounded, so that the other handlers of the loop run in between.
  for (int i = 0; i < 64; ++i) {
    switch (accept_one()) {
      case step::accept_next:
        break;
      case step::wait_for_client:
        i = 64;
        break;
      case step::wait_for_room:
        warn(
            "--max-connections reached: new connections wait in the backlog",
            std::to_string(max_connections)
        );
        paused.at_limit.fetch_add(1, std::memory_order_relaxed);
        if (evict) evict();
        return pause(pause_when_full);
      case step::wait_for_descriptor:
        warn("no free file descriptors: new connections wait in the backlog", std::strerror(errno));
        paused.without_descriptors.fetch_add(1, std::memory_order_relaxed);
        if (evict) evict();
        return pause(pause_without_descriptors);
    }
  }
  socket.async_wait(
      asio::posix::stream_descriptor::wait_read,
      [this](boost::system::error_code error) {
        if (!error) run();
      }
  );
}

void listener::impl::pause(std::chrono::milliseconds duration) {
  timer.expires_after(duration);
  timer.async_wait([this](boost::system::error_code error) {
    if (!error) run();
  });
}

void listener::impl::warn(std::string_view message, std::string_view reason) {
  const auto now = clock::now();
  if (warned_at != clock::time_point{} && now - warned_at < warning_interval) return;
  warned_at = now;
  log.warn(message, {{"listen", address}, {"reason", reason}});
}

listener::listener(
    asio::io_context& io, const std::string& listen, int max_connections,
    std::atomic<int>& open_connections, receiver assign, logger log, evictor evict
)
    : impl_(new impl{
          asio::posix::stream_descriptor(io), asio::steady_timer(io), max_connections,
          open_connections, std::move(assign), std::move(evict), std::move(log)}) {
  auto opened = open_listening_socket(listen);
  impl_->socket.assign(opened.fd);
  impl_->is_unix = opened.is_unix;
  impl_->passed = opened.passed;
  impl_->path = std::move(opened.path);
  impl_->address = std::move(opened.address);
}

listener::~listener() {
  if (!impl_->path.empty()) ::unlink(impl_->path.c_str());
}

void listener::start() {
  impl_->run();
}

void listener::finish() {
  impl_->timer.cancel();
  if (!impl_->passed) {
    impl_->max_connections += listen_backlog;
    while (impl_->accept_one() == impl::step::accept_next) continue;
  }
  impl_->socket.close();
  if (!impl_->path.empty()) ::unlink(std::exchange(impl_->path, "").c_str());
}

const std::string& listener::address() const {
  return impl_->address;
}

const listener::pauses& listener::paused() const {
  return impl_->paused;
}

}  // namespace trunkline::gateway
