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

// A small HTTP server on its own thread for /livez, /readyz and /metrics. Limits: 32 connections,
// 4 KiB of header, 5 s per request. The handler runs on that thread and must be quick and
// thread-safe.
class probe_server {
 public:
  using handler = std::function<response(std::string_view path)>;
  // Listens on HOST:PORT (port 0: any free port), or not at all if listen is empty. Throws
  // std::runtime_error with the address and the reason.
  probe_server(const std::string& listen, handler, logger);
  // Stops the thread and joins it.
  ~probe_server();
  // Returns the address that is bound, with the actual port: "127.0.0.1:5001".
  std::string address() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::probes
