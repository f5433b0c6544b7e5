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

constexpr std::chrono::milliseconds pause_when_full{20};  // a connection may end any moment
constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr std::chrono::seconds between_warnings{60};

}  // namespace

struct listener::impl {
  enum class step { again, wait_for_client, wait_for_room, wait_for_descriptor };

  bool client_waits();
  step accept_one();
  void run();
  void pause(std::chrono::milliseconds);
  void warn(std::string_view message, std::string_view reason);

  asio::posix::stream_descriptor socket;
  asio::steady_timer timer;
  int max_connections;
  std::atomic<int>& open_connections;
  receiver deal;
  room_maker make_room;
  logger log;
  std::string address{};
  std::string path{};  // of a unix socket that is ours: removed at the end
  bool is_unix = false, passed = false;
  clock::time_point warned_at{};
  pauses paused{};
};

bool listener::impl::client_waits() {
  pollfd look{socket.native_handle(), POLLIN, 0};
  return ::poll(&look, 1, 0) > 0;
}

listener::impl::step listener::impl::accept_one() {
  if (open_connections.load(std::memory_order_relaxed) >= max_connections)
    return client_waits() ? step::wait_for_room : step::wait_for_client;
  const int client =
      ::accept4(socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (client >= 0) {
    if (!is_unix) {
      const int on = 1;
      ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    open_connections.fetch_add(1, std::memory_order_relaxed);
    deal(client);
    return step::again;
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
      return step::again;  // that client's trouble: it went away before we took it
  }
}

void listener::impl::run() {
  // Not endlessly in one go: the loop has other things to do as well.
  for (int i = 0; i < 64; ++i) {
    switch (accept_one()) {
      case step::again:
        break;
      case step::wait_for_client:
        i = 64;
        break;
      case step::wait_for_room:
        warn("at --max-connections: new connections wait", std::to_string(max_connections));
        paused.at_limit.fetch_add(1, std::memory_order_relaxed);
        if (make_room) make_room();
        return pause(pause_when_full);
      case step::wait_for_descriptor:
        warn("no free file descriptors: new connections wait", std::strerror(errno));
        paused.without_descriptors.fetch_add(1, std::memory_order_relaxed);
        if (make_room) make_room();
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

void listener::impl::pause(std::chrono::milliseconds how_long) {
  timer.expires_after(how_long);
  timer.async_wait([this](boost::system::error_code error) {
    if (!error) run();
  });
}

void listener::impl::warn(std::string_view message, std::string_view reason) {
  const auto now = clock::now();
  if (warned_at != clock::time_point{} && now - warned_at < between_warnings) return;
  warned_at = now;
  log.warn(message, {{"listen", address}, {"reason", reason}});
}

listener::listener(
    asio::io_context& io, const std::string& listen, int max_connections,
    std::atomic<int>& open_connections, receiver deal, logger log, room_maker make_room
)
    : impl_(new impl{
          asio::posix::stream_descriptor(io), asio::steady_timer(io), max_connections,
          open_connections, std::move(deal), std::move(make_room), std::move(log)}) {
  auto made = open_listening_socket(listen);
  impl_->socket.assign(made.fd);
  impl_->is_unix = made.is_unix;
  impl_->passed = made.passed;
  impl_->path = std::move(made.path);
  impl_->address = std::move(made.address);
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
    while (impl_->accept_one() == impl::step::again) continue;
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
