// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/outcome.hpp"

namespace trunkline::gateway {

// Decodes a chunked body (RFC 9112 7.1). Beast's own decoder judges whatever part of a line it
// happens to see, so that its verdict depends on how the bytes arrive; here a line is judged once
// it is whole, or at the first byte that no line may hold. Trailers are refused.
class chunk_decoder {
 public:
  enum class found { more, end, refused };

  // max_line: bytes of a chunk's first line; max_body: of all chunks together.
  chunk_decoder(std::size_t max_line, std::size_t max_body)
      : max_line_(max_line), max_body_(max_body) {}

  // bytes: all that is not consumed yet. What the chunks hold is added to body.
  found decode(std::string_view bytes, std::size_t& consumed, std::string& body);
  outcome refusal() const { return refusal_; }
  std::string_view problem() const { return problem_; }

 private:
  enum class part { line, data, after_data, after_last };
  found refuse(outcome, std::string_view problem);
  found take_line(std::string_view bytes, std::size_t& taken, std::size_t body_size);
  found take_crlf(std::string_view bytes, std::size_t& taken, std::string_view problem);

  std::size_t max_line_, max_body_;
  part part_ = part::line;
  std::uint64_t left_ = 0;  // of this chunk's data
  outcome refusal_ = outcome::framing;
  std::string_view problem_;
};

// Of a line "SIZE" or "SIZE;name=value...", without its CRLF. False: malformed.
bool read_chunk_line(std::string_view line, std::uint64_t& size);

}  // namespace trunkline::gateway
