// SPDX-License-Identifier: Apache-2.0
#include "gateway/listener.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "common/ops/ops_server.hpp"

namespace trunkline::gateway {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

constexpr std::string_view unix_prefix = "unix:";
constexpr int backlog = 1024;
constexpr std::chrono::milliseconds pause_when_full{20};  // a connection may end any moment
constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr std::chrono::seconds between_warnings{60};

[[noreturn]] void fail(const std::string& listen, const std::string& why) {
  throw std::runtime_error("cannot listen on " + listen + ": " + why);
}

// A file descriptor until release().
class owned_socket {
 public:
  explicit owned_socket(int fd) : fd_(fd) {}
  ~owned_socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  owned_socket(const owned_socket&) = delete;
  owned_socket& operator=(const owned_socket&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

int open_socket(int family) {
  return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// A socket file that nobody listens on any more is left over from a crash.
bool is_stale(const sockaddr_un& where) {
  const owned_socket probe(open_socket(AF_UNIX));
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 &&
         errno == ECONNREFUSED;
}

int bind_unix(const std::string& listen, const std::string& path) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  std::memcpy(where.sun_path, path.c_str(), path.size() + 1);
  owned_socket made(open_socket(AF_UNIX));
  if (made.get() < 0) fail(listen, std::strerror(errno));
  if (is_stale(where)) ::unlink(path.c_str());
  if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
      ::chmod(path.c_str(), 0660) != 0 || ::listen(made.get(), backlog) != 0)
    fail(listen, std::strerror(errno));
  return made.release();
}

int bind_tcp(const std::string& listen) {
  std::string host;
  std::uint16_t port = 0;
  if (const auto wrong = ops::parse_listen(listen, host, port); !wrong.empty()) fail(listen, wrong);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
      error != 0)
    fail(listen, ::gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, &::freeaddrinfo);
  owned_socket made(open_socket(list->ai_family));
  const int on = 1;
  if (made.get() < 0 || ::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(made.get(), list->ai_addr, list->ai_addrlen) != 0 ||
      ::listen(made.get(), backlog) != 0)
    fail(listen, std::strerror(errno));
  return made.release();
}

std::string address_of(int socket) {
  sockaddr_storage where{};
  socklen_t size = sizeof where;
  char host[NI_MAXHOST], port[NI_MAXSERV];
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&where), &size) != 0 ||
      ::getnameinfo(
          reinterpret_cast<sockaddr*>(&where), size, host, sizeof host, port, sizeof port,
          NI_NUMERICHOST | NI_NUMERICSERV
      ) != 0)
    return "?";
  return where.ss_family == AF_INET6 ? "[" + std::string(host) + "]:" + port
                                     : std::string(host) + ":" + port;
}

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
  std::string address;
  std::string path;  // unix only: removed at the end
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
    if (path.empty()) {
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
          asio::posix::stream_descriptor(io),
          asio::steady_timer(io),
          max_connections,
          open_connections,
          std::move(deal),
          std::move(make_room),
          std::move(log),
          listen,
          "",
          {},
          {}}) {
  if (listen.starts_with(unix_prefix)) {
    const std::string path = listen.substr(unix_prefix.size());
    impl_->socket.assign(bind_unix(listen, path));
    impl_->path = path;
  } else {
    impl_->socket.assign(bind_tcp(listen));
    impl_->address = address_of(impl_->socket.native_handle());
  }
}

listener::~listener() {
  if (!impl_->path.empty()) ::unlink(impl_->path.c_str());
}

void listener::start() {
  impl_->run();
}

void listener::finish() {
  impl_->timer.cancel();
  impl_->max_connections += backlog;
  while (impl_->accept_one() == impl::step::again) continue;
  impl_->socket.close();
  if (!impl_->path.empty()) ::unlink(std::exchange(impl_->path, "").c_str());
}

const std::string& listener::address() const {
  return impl_->address;
}

const listener::pauses& listener::paused() const {
  return impl_->paused;
}

std::string check_listen(const std::string& text) {
  if (text.starts_with(unix_prefix)) {
    const auto length = text.size() - unix_prefix.size();
    if (length == 0) return "unix: needs a path";
    if (length >= sizeof(sockaddr_un::sun_path))
      return "the path of a unix socket has at most 107 characters";
    return {};
  }
  std::string host;
  std::uint16_t port = 0;
  return ops::parse_listen(text, host, port);
}

}  // namespace trunkline::gateway
