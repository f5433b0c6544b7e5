// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/log/log.hpp"

namespace trunkline::probes {

struct response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
};

// A small HTTP listener on a thread of its own for /livez, /readyz and the like. Bounded: 32
// connections, 4 KiB of header, 5 s a request. handler runs on that thread: it must be quick and
// thread-safe.
class probe_server {
 public:
  using handler = std::function<response(std::string_view path)>;
  // listen: HOST:PORT (port 0: the kernel picks one) or "" for none. Throws std::runtime_error
  // naming the address.
  probe_server(std::string listen, handler, logger);
  ~probe_server();                // stops and joins
  std::string address() const;  // where it listens in fact, "127.0.0.1:5001"

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

// HOST:PORT -> parts; IPv6 in brackets. Empty on success, else what is wrong.
std::string parse_listen(std::string_view text, std::string& host, std::uint16_t& port);

}  // namespace trunkline::probes
