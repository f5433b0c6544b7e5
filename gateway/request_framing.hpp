// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// Where one request ends and the next begins must have one reading only, ours and every front's.
// Beast 1.81 is lax here (it joins folded lines, takes "Content-Length: 5, 5", frames odd
// Transfer-Encodings by Content-Length, has no rule for Host), so these checks run on the raw
// header section before Beast sees it, and on the fields after. Pure functions; an empty problem
// means fine.
namespace trunkline::gateway {

// How far a header section has come. Bytes are looked at once, also when they arrive one by one.
class head_scanner {
 public:
  enum class found {
    more,
    end,
    broken
  };  // broken: a bare CR or LF, a NUL: it can never become a header section
  found scan(std::string_view bytes);       // bytes: everything of this request so far
  std::size_t size() const { return at_; }  // found::end: length with the blank line
  void reset() { at_ = 0; }

 private:
  std::size_t at_ = 0;  // checked up to here; bytes[at_ - 1] is the end of what is certain
};

// False once the first word is longer than any method.
inline constexpr std::size_t longest_method = 32;
bool can_become_request(std::string_view bytes);

// A body after these is read by some and left on the connection by others.
bool takes_no_body(std::string_view method);

// The raw section: request line "METHOD SP origin-form SP HTTP/1.1", field lines without folding,
// without space before the colon, without control characters, at most max_fields of them.
inline constexpr std::size_t max_fields = 100;
std::string_view check_section(std::string_view section);

// What decides the length of the body, as counted over all fields.
struct framing_fields {
  int host_count = 0;
  std::string_view host;
  int length_count = 0;
  std::string_view length;
  int encoding_count = 0;
  std::string_view encoding;
  bool trailer = false;  // a Trailer field
  bool upgrade = false;  // an Upgrade field
};

struct framing {
  std::string_view problem;  // empty: fine
  bool chunked = false;
  std::optional<std::uint64_t> length;  // absent: none given (unless chunked)
};
// One Host; either one all-digit Content-Length without a leading zero or exactly "chunked"; no
// Trailer, no Upgrade.
framing check_framing(const framing_fields&);

}  // namespace trunkline::gateway
