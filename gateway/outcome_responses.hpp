// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/outcome.hpp"

namespace trunkline::gateway {

struct answer_details {
  std::string_view
      delivery_id;        // every answer carries one, so that any of them can be found in the log
  std::string_view date;  // http_date() of now
  bool close = false;     // the connection ends after this answer
  bool without_body = false;  // a HEAD request: header fields as for GET, no body
  int retry_after_s = 0;      // unavailable only
};

// Appends the whole answer, ready for one write. Bodies are fixed: they tell the sender nothing
// about us.
void append_answer(std::string& out, answer which, const answer_details&);
int status_of(answer which);

inline constexpr std::string_view continue_answer = "HTTP/1.1 100 Continue\r\n\r\n";

// "Sun, 06 Nov 1994 08:49:37 GMT"; locale-free.
std::string http_date(std::int64_t unix_seconds);

}  // namespace trunkline::gateway
