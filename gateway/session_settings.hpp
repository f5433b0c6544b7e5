// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include "common/signature/signature.hpp"
#include "gateway/request_reader.hpp"

namespace trunkline::gateway {

// The limits of one connection. Its memory is at most max_header + 4 KiB + max_body and a few kB
// more.
struct session_settings {
  reader_limits reader;
  // From the first byte, or the accept, to the blank line.
  std::chrono::milliseconds header_timeout{5000};
  // From the blank line to the last byte of the body.
  std::chrono::milliseconds body_timeout{10000};
  // Between two requests.
  std::chrono::milliseconds idle_timeout{60000};
  // Until the sender has received the response.
  std::chrono::milliseconds write_timeout{10000};
  int max_requests = 1000;
  // Limit of the process. At this number every response ends its connection.
  int max_connections = 1000;
  signature::windows windows;
};

}  // namespace trunkline::gateway
