// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/pacer/pace.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace trunkline::bench {
namespace {

using clock = std::chrono::steady_clock;
constexpr double warm_up = 1;                 // seconds
constexpr std::chrono::seconds patience{10};  // after the last request was due

struct connection {
  int socket = -1;
  std::size_t request = 0;  // in flight
  std::string response;
};

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("no connection");
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

// Returns the length of the whole response, or 0 if its header section is incomplete.
std::size_t response_length(const std::string& response) {
  const auto end = response.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  for (std::size_t line = response.find("\r\n"); line < end;
       line = response.find("\r\n", line + 2)) {
    if (::strncasecmp(response.data() + line + 2, "content-length:", 15) == 0)
      return end + 4 + std::strtoul(response.data() + line + 17, nullptr, 10);
  }
  throw std::runtime_error("a response without Content-Length");
}

class run_of {
 public:
  explicit run_of(const plan& what)
      : plan_(what), total_(static_cast<std::size_t>(what.rate * what.seconds)) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    all_.resize(static_cast<std::size_t>(what.connections));
    latency_us_.reserve(total_);
    for (std::size_t i = 0; i < all_.size(); ++i) {
      all_[i].socket = connect_to(what.port);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, all_[i].socket, &event);
      idle_.push_back(i);
    }
  }

  ~run_of() {
    for (const auto& each : all_) ::close(each.socket);
    ::close(epoll_);
  }

  void work() {
    start_ = clock::now();
    while (completed_ < total_) {
      send_due();
      wait();
      if (clock::now() > due(total_) + patience)
        throw std::runtime_error("the server did not catch up");
    }
  }

  std::string json() {
    const auto seconds = std::chrono::duration<double>(clock::now() - start_).count();
    std::sort(latency_us_.begin(), latency_us_.end());
    const auto at = [&](double share) {
      const auto n = latency_us_.size();
      const auto i = static_cast<std::size_t>(share * static_cast<double>(n));
      return latency_us_[std::min(i, n - 1)] / 1000;
    };
    std::ostringstream out;
    out << "{\"sent\":" << total_ << ",\"per_second\":" << static_cast<double>(total_) / seconds
        << ",\"not_200\":" << rejected_ << ",\"no_connection_free\":" << waited_
        << ",\"p50_ms\":" << at(0.5) << ",\"p90_ms\":" << at(0.9) << ",\"p99_ms\":" << at(0.99)
        << ",\"p999_ms\":" << at(0.999) << ",\"max_ms\":" << at(1) << '}';
    return out.str();
  }

 private:
  clock::time_point due(std::size_t request) const {
    return start_ + std::chrono::duration_cast<clock::duration>(
                        std::chrono::duration<double>(static_cast<double>(request) / plan_.rate)
                    );
  }

  void send_due() {
    const auto now = clock::now();
    while (next_ < total_ && due(next_) <= now) {
      if (idle_.empty()) {
        ++waited_;
        return;
      }
      auto& to = all_[idle_.front()];
      idle_.pop_front();
      to.request = next_;
      // A request is smaller than the buffer of an empty socket, so it is sent completely or not at
      // all.
      const auto& bytes = plan_.requests[next_ % plan_.requests.size()];
      if (::send(to.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error("a request could not be sent");
      ++next_;
    }
  }

  void wait() {
    timespec limit{0, 100'000'000};
    if (next_ < total_ && !idle_.empty()) {
      const auto left = std::max(due(next_) - clock::now(), clock::duration::zero());
      limit.tv_nsec = std::min<long>(limit.tv_nsec, std::chrono::nanoseconds(left).count());
    }
    epoll_event events[256];
    const int n = ::epoll_pwait2(epoll_, events, 256, &limit, nullptr);
    for (int i = 0; i < n; ++i) receive(events[i].data.u64);
  }

  void receive(std::size_t index) {
    auto& from = all_[index];
    char bytes[4096];
    const auto n = ::recv(from.socket, bytes, sizeof bytes, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) throw std::runtime_error("the server ended a connection");
    from.response.append(bytes, static_cast<std::size_t>(n));
    const auto length = response_length(from.response);
    if (length == 0 || from.response.size() < length) return;
    if (from.response.compare(0, 12, "HTTP/1.1 200") != 0) ++rejected_;
    from.response.clear();
    idle_.push_back(index);
    ++completed_;
    if (static_cast<double>(from.request) < warm_up * plan_.rate) return;
    latency_us_.push_back(
        std::chrono::duration<double, std::micro>(clock::now() - due(from.request)).count()
    );
  }

  const plan& plan_;
  const std::size_t total_;
  int epoll_ = -1;
  std::vector<connection> all_;
  // The connection that was idle longest is next, so that none exceeds the server's idle timeout.
  std::deque<std::size_t> idle_;
  std::size_t next_ = 0, completed_ = 0, rejected_ = 0, waited_ = 0;
  std::vector<double> latency_us_;
  clock::time_point start_;
};

}  // namespace

std::vector<std::string> read_requests(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::string> requests;
  for (std::string line; std::getline(file, line);) {
    std::string bytes(std::stoul(line), '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    requests.push_back(std::move(bytes));
  }
  if (requests.empty()) throw std::runtime_error("no requests in " + path);
  return requests;
}

std::string run(const plan& what) {
  if (what.rate <= 0 || what.seconds <= warm_up || what.connections < 1)
    throw std::runtime_error("a rate, more than a second and a connection are needed");
  run_of load(what);
  load.work();
  return load.json();
}

}  // namespace trunkline::bench
