// SPDX-License-Identifier: Apache-2.0
#include "gateway/listening_socket.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

#include "common/process/supervisor.hpp"
#include "common/text/listen_address.hpp"

namespace trunkline::gateway {
namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::string_view passed_by_systemd = "systemd";

[[noreturn]] void fail(const std::string& listen, const std::string& why) {
  throw std::runtime_error("cannot listen on " + listen + ": " + why);
}

// Closes a file descriptor unless it is released.
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

// Returns true for a socket file without a listener, which a crash leaves behind.
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
      ::chmod(path.c_str(), 0660) != 0 || ::listen(made.get(), listen_backlog) != 0)
    fail(listen, std::strerror(errno));
  return made.release();
}

int bind_tcp(const std::string& listen) {
  std::string host;
  std::uint16_t port = 0;
  if (const auto error = parse_listen(listen, host, port); !error.empty()) fail(listen, error);
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
      ::listen(made.get(), listen_backlog) != 0)
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

// Returns the socket that the supervisor created, with its family and address.
listening_socket adopt_passed(const std::string& listen) {
  const int fd = supervisor::passed_socket();
  if (fd < 0)
    fail(
        listen,
        "no socket was passed; start the gateway with trunkline-gateway.socket, or use HOST:PORT"
    );
  int is_listening = 0;
  socklen_t size = sizeof is_listening;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) != 0 || is_listening == 0)
    fail(listen, "the socket that was passed is not listening");
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  sockaddr_storage where{};
  size = sizeof where;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size);
  const bool is_unix = where.ss_family == AF_UNIX;
  const char* path = reinterpret_cast<const sockaddr_un&>(where).sun_path;
  return {
      .fd = fd,
      .address = is_unix ? std::string(unix_prefix) + path : address_of(fd),
      .path = {},
      .is_unix = is_unix,
      .passed = true};
}

}  // namespace

listening_socket open_listening_socket(const std::string& listen) {
  if (listen == passed_by_systemd) return adopt_passed(listen);
  if (listen.starts_with(unix_prefix)) {
    const auto path = listen.substr(unix_prefix.size());
    return {.fd = bind_unix(listen, path), .address = listen, .path = path, .is_unix = true};
  }
  const int fd = bind_tcp(listen);
  return {.fd = fd, .address = address_of(fd), .path = {}};
}

std::string check_listen(const std::string& text) {
  if (text == passed_by_systemd) return {};
  if (text.starts_with(unix_prefix)) {
    const auto length = text.size() - unix_prefix.size();
    if (length == 0) return "unix: requires a path";
    if (length >= sizeof(sockaddr_un::sun_path))
      return "the path of a unix socket is longer than 107 characters";
    return {};
  }
  std::string host;
  std::uint16_t port = 0;
  return parse_listen(text, host, port);
}

}  // namespace trunkline::gateway
