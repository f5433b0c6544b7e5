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

// What a header section says. Views live until the next request.
struct request_head {
  std::string_view method;
  std::string_view path;  // the target up to '?'
  std::string_view content_type;
  bool has_content_type = false;
  bool keep_alive = true;
  bool expects_continue = false;
  bool expects_other = false;  // an Expect we do not know
  bool chunked = false;
  std::optional<std::uint64_t> length;  // Content-Length
  signature::headers signature;

  bool has_body() const { return chunked || length.value_or(0) > 0; }
};

struct reader_limits {
  std::size_t max_header =
      16u << 10;  // bytes of a header section; of what a chunk header may hold, too
  std::size_t max_body = 1u << 20;
};

// Bytes of a connection in, requests out: no socket, no clock. Strict framing (request_framing.hpp)
// around Beast's parser, and a decoder of our own for chunks (chunk_decoder.hpp). The events do not
// depend on how the bytes are cut. After refused nothing more can be read from the connection.
class request_reader {
 public:
  enum class event {
    need_more,  // give it what is left over and more bytes
    head,       // head() is there; call advance() again for the body
    complete,   // head() and body() are there; next() before the following request
    refused,    // refusal() says why
  };

  explicit request_reader(reader_limits);
  ~request_reader();

  // bytes: everything not consumed yet. consumed: how many of them are done with.
  event advance(std::string_view bytes, std::size_t& consumed);
  const request_head& head() const;
  std::string_view body() const;
  outcome refusal() const;
  std::string_view problem() const;  // refused: what exactly, for debug logs
  void next();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
