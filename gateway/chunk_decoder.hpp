// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/outcome.hpp"

namespace trunkline::gateway {

// Decodes a chunked body (RFC 9112 7.1). Beast's decoder validates a line while its bytes arrive,
// so its result depends on how the bytes are split. This decoder validates a line once it is
// complete, or rejects it at the first byte that no line may contain. Trailers are rejected.
class chunk_decoder {
 public:
  enum class state { more, end, rejected };

  // max_line limits the first line of a chunk, max_body the data of all chunks, both in bytes.
  chunk_decoder(std::size_t max_line, std::size_t max_body)
      : max_line_(max_line), max_body_(max_body) {}

  // Decodes bytes, which hold everything that is not consumed yet, and appends the data to body.
  state decode(std::string_view bytes, std::size_t& consumed, std::string& body);
  outcome rejection() const { return rejection_; }
  std::string_view problem() const { return problem_; }

 private:
  enum class part { line, data, after_data, after_last };
  state reject(outcome, std::string_view problem);
  state read_line(std::string_view bytes, std::size_t& taken, std::size_t body_size);
  state read_crlf(std::string_view bytes, std::size_t& taken, std::string_view problem);

  std::size_t max_line_, max_body_;
  part part_ = part::line;
  // Bytes of the current chunk that have not arrived yet.
  std::uint64_t left_ = 0;
  outcome rejection_ = outcome::framing;
  std::string_view problem_;
};

// Reads the size from "SIZE" or "SIZE;name=value...", a line without its CRLF. Returns false if the
// line is malformed.
bool read_chunk_line(std::string_view line, std::uint64_t& size);

}  // namespace trunkline::gateway
