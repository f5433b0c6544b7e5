// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/signature/signature.hpp"
#include "gateway/outcome.hpp"

namespace trunkline::gateway {

// The content of a header section. The views are valid until the next request.
struct request_head {
  std::string_view method;
  // The target up to '?'.
  std::string_view path;
  std::string_view content_type;
  bool has_content_type = false;
  bool keep_alive = true;
  bool expects_continue = false;
  // An Expect field with an unknown value.
  bool expects_other = false;
  bool chunked = false;
  // Content-Length.
  std::optional<std::uint64_t> length;
  signature::headers signature;

  bool has_body() const { return chunked || length.value_or(0) > 0; }
};

struct reader_limits {
  // Maximum bytes of a header section, and of the first line of a chunk.
  std::size_t max_header = 16u << 10;
  // Maximum bytes of a body.
  std::size_t max_body = 1u << 20;
};

// Turns the bytes of a connection into requests, without socket or clock. Combines the strict
// checks of request_framing.hpp with Beast's parser and the chunk_decoder. The events do not depend
// on how the bytes are split. After event::rejected the connection cannot be read any further.
class request_reader {
 public:
  enum class event {
    // Call advance() again with the unconsumed and more bytes.
    need_more,
    // head() is available; call advance() again for the body.
    head,
    // head() and body() are available; call next() before the following request.
    complete,
    // rejection() returns the reason.
    rejected,
  };

  explicit request_reader(reader_limits);
  ~request_reader();

  // Reads bytes, which hold everything that is not consumed yet, and sets consumed to the number of
  // bytes that are finished.
  event advance(std::string_view bytes, std::size_t& consumed);
  const request_head& head() const;
  std::string_view body() const;
  outcome rejection() const;
  // Returns the exact problem of a rejected request, for debug logs.
  std::string_view problem() const;
  void next();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
