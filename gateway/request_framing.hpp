// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// Checks that the end of a request has only one interpretation, for the gateway and for every proxy
// in front of it. Beast 1.81 is lax: it joins folded lines, accepts "Content-Length: 5, 5", frames
// unknown Transfer-Encodings by Content-Length and has no rule for Host. These checks therefore run
// on the raw header section before Beast parses it, and on the fields afterwards. They are pure
// functions; an empty problem means that the check passed.
namespace trunkline::gateway {

// Finds the end of a header section. Each byte is examined once, even if bytes arrive one by one.
class head_scanner {
 public:
  enum class state {
    more,
    end,
    // A bare CR or LF or a NUL: the bytes cannot become a header section.
    broken,
  };
  // Scans bytes, which hold the whole request so far.
  state scan(std::string_view bytes);
  // Returns the length with the blank line, after state::end.
  std::size_t size() const { return at_; }
  void reset() { at_ = 0; }

 private:
  // Bytes before this offset have been checked.
  std::size_t at_ = 0;
};

// Returns false once the first word is longer than any method.
inline constexpr std::size_t longest_method = 32;
bool can_become_request(std::string_view bytes);

// Returns true for methods whose body some servers read and others leave on the connection.
bool forbids_body(std::string_view method);

// Checks the raw section: a request line "METHOD SP origin-form SP HTTP/1.1" and at most max_fields
// field lines, without folding, space before the colon or control characters.
inline constexpr std::size_t max_fields = 100;
std::string_view check_section(std::string_view section);

// The fields that decide the length of the body, counted over all field lines.
struct framing_fields {
  int host_count = 0;
  std::string_view host;
  int length_count = 0;
  std::string_view length;
  int encoding_count = 0;
  std::string_view encoding;
  // A Trailer field is present.
  bool trailer = false;
  // An Upgrade field is present.
  bool upgrade = false;
};

struct framing {
  // Empty if the check passed.
  std::string_view problem;
  bool chunked = false;
  // Content-Length, if the request has one.
  std::optional<std::uint64_t> length;
};
// Requires one Host, either one all-digit Content-Length without a leading zero or exactly
// "chunked", and neither Trailer nor Upgrade.
framing check_framing(const framing_fields&);

}  // namespace trunkline::gateway
