// SPDX-License-Identifier: Apache-2.0
#include "common/process/supervisor.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>

namespace trunkline::supervisor {
namespace {

using clock = std::chrono::steady_clock;

// SD_LISTEN_FDS_START.
constexpr int first_passed = 3;

struct passed {
  std::string notify_socket;
  std::optional<std::chrono::microseconds> watchdog;
  int sockets = 0;
  // Guards the following members.
  std::mutex mutex;
  // The latest value of each field that the supervisor has not received because its queue was full.
  std::map<std::string, std::string, std::less<>> unsent;
  std::string status;
  clock::time_point pinged{};
};

passed& passed_state() {
  static passed one;
  return one;
}

std::string take(const char* name) {
  const char* value = std::getenv(name);
  std::string out = value ? value : "";
  ::unsetenv(name);
  return out;
}

std::int64_t number(const std::string& text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : 0;
}

// Returns true if the variables are meant for this process. An unset pid means any process, for the
// watchdog only.
bool for_this_process(const std::string& pid) {
  return number(pid) == ::getpid();
}

// Returns false if the queue is full and the text may be sent later. A missing socket returns true.
bool send_to(const std::string& path, const std::string& text) {
  sockaddr_un where{};
  if (path.size() >= sizeof where.sun_path) return true;
  where.sun_family = AF_UNIX;
  std::memcpy(where.sun_path, path.data(), path.size());
  // A leading @ denotes an abstract socket.
  if (where.sun_path[0] == '@') where.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  // No free file descriptors.
  if (fd < 0) return false;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const auto sent = ::sendto(
      fd, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&where), length
  );
  const bool full = sent < 0 && (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM);
  ::close(fd);
  return !full;
}

void note(passed& to, std::string_view fields) {
  while (!fields.empty()) {
    const auto line = fields.substr(0, fields.find('\n'));
    const auto equals = line.find('=');
    if (equals != line.npos) to.unsent.insert_or_assign(std::string(line.substr(0, equals)), line);
    fields.remove_prefix(std::min(fields.size(), line.size() + 1));
  }
}

void flush(passed& to) {
  std::string text;
  for (const auto& [name, line] : to.unsent) text += (text.empty() ? "" : "\n") + line;
  if (!text.empty() && send_to(to.notify_socket, text)) to.unsent.clear();
}

}  // namespace

void read_environment() {
  auto& to = passed_state();
  to.notify_socket = take("NOTIFY_SOCKET");
  const auto watched_pid = take("WATCHDOG_PID");
  const auto limit = number(take("WATCHDOG_USEC"));
  if (limit > 0 && (watched_pid.empty() || for_this_process(watched_pid)))
    to.watchdog = std::chrono::microseconds(limit);
  const bool sockets_for_us = for_this_process(take("LISTEN_PID"));
  const auto count = number(take("LISTEN_FDS"));
  ::unsetenv("LISTEN_FDNAMES");
  if (!sockets_for_us || count <= 0 || count > 1000) return;
  to.sockets = static_cast<int>(count);
  for (int fd = first_passed; fd < first_passed + to.sockets; ++fd)
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void notify(std::string_view state) {
  auto& to = passed_state();
  if (to.notify_socket.empty()) return;
  const std::lock_guard lock(to.mutex);
  note(to, state);
  flush(to);
}

void set_status(const std::string& text) {
  auto& to = passed_state();
  if (to.notify_socket.empty()) return;
  // A line break would start another field.
  std::string line = "STATUS=" + text;
  for (char& c : line)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  const std::lock_guard lock(to.mutex);
  if (to.status != text) note(to, line);
  to.status = text;
  flush(to);
}

std::optional<std::chrono::microseconds> watchdog_limit() {
  return passed_state().watchdog;
}

void ping_watchdog() {
  auto& to = passed_state();
  if (!to.watchdog) return;
  {
    const std::lock_guard lock(to.mutex);
    const auto now = clock::now();
    if (to.pinged != clock::time_point{} && now - to.pinged < *to.watchdog / 2) return;
    to.pinged = now;
  }
  notify("WATCHDOG=1");
}

int passed_socket() {
  const int count = passed_state().sockets;
  if (count > 1)
    throw std::runtime_error(
        std::to_string(count) + " sockets were passed; only one ListenStream= is supported"
    );
  return count == 1 ? first_passed : -1;
}

}  // namespace trunkline::supervisor
