// SPDX-License-Identifier: Apache-2.0
#include "gateway/chunk_decoder.hpp"

#include <algorithm>
#include <charconv>

namespace trunkline::gateway {
namespace {

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

bool skip(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool skip_token(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_token_char);
  const auto length = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(length);
  return length > 0;
}

// Skips the rest of a quoted string, after its first quote.
bool skip_quoted(std::string_view& text) {
  while (!text.empty()) {
    if (skip(text, '"')) return true;
    skip(text, '\\');
    if (!text.empty()) text.remove_prefix(1);
  }
  return false;
}

bool skip_extension(std::string_view& text) {
  skip_blanks(text);
  if (!skip(text, ';')) return false;
  skip_blanks(text);
  if (!skip_token(text)) return false;
  auto value = text;
  skip_blanks(value);
  if (!skip(value, '=')) return true;
  skip_blanks(value);
  text = value;
  return skip(text, '"') ? skip_quoted(text) : skip_token(text);
}

}  // namespace

bool read_chunk_line(std::string_view line, std::uint64_t& size) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  if (error != std::errc()) return false;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  while (!line.empty())
    if (!skip_extension(line)) return false;
  return true;
}

chunk_decoder::state chunk_decoder::reject(outcome reason, std::string_view problem) {
  rejection_ = reason;
  problem_ = problem;
  return state::rejected;
}

// Returns state::end once the line has been read.
chunk_decoder::state chunk_decoder::read_line(
    std::string_view bytes, std::size_t& taken, std::size_t body_size
) {
  const auto shown = bytes.substr(0, max_line_);
  const auto control = std::find_if(shown.begin(), shown.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
  if (control == shown.end())
    return bytes.size() < max_line_ ? state::more
                                    : reject(outcome::framing, "endless chunk header");
  const auto length = static_cast<std::size_t>(control - shown.begin());
  const auto ended = read_crlf(bytes.substr(length), taken, "malformed chunk");
  if (ended != state::end) return ended;
  taken += length;
  if (!read_chunk_line(bytes.substr(0, length), left_))
    return reject(outcome::framing, "malformed chunk");
  if (left_ > max_body_ - body_size) return reject(outcome::too_large, "chunks above the limit");
  return state::end;
}

chunk_decoder::state chunk_decoder::read_crlf(
    std::string_view bytes, std::size_t& taken, std::string_view problem
) {
  if (!std::string_view("\r\n").starts_with(bytes.substr(0, 2)))
    return reject(outcome::framing, problem);
  if (bytes.size() < 2) return state::more;
  taken = 2;
  return state::end;
}

chunk_decoder::state chunk_decoder::decode(
    std::string_view bytes, std::size_t& consumed, std::string& body
) {
  for (;;) {
    const auto rest = bytes.substr(consumed);
    std::size_t taken = 0;
    auto next = state::end;
    switch (part_) {
      case part::line:
        next = read_line(rest, taken, body.size());
        if (next == state::end) part_ = left_ == 0 ? part::after_last : part::data;
        break;
      case part::data:
        taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
        body.append(rest.substr(0, taken));
        left_ -= taken;
        if (left_ > 0)
          next = state::more;
        else
          part_ = part::after_data;
        break;
      case part::after_data:
        next = read_crlf(rest, taken, "malformed chunk");
        if (next == state::end) part_ = part::line;
        break;
      case part::after_last:
        next = read_crlf(rest, taken, "trailer fields");
        consumed += taken;
        return next;
    }
    consumed += taken;
    if (next != state::end) return next;
  }
}

}  // namespace trunkline::gateway
