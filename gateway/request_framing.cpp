// SPDX-License-Identifier: Apache-2.0
#include "gateway/request_framing.hpp"

#include <algorithm>
#include <charconv>

namespace trunkline::gateway {
namespace {

// Checks a whole section, whose line ends were checked before. Has no early exit, so that the
// compiler can vectorise it.
bool has_control(std::string_view section) {
  unsigned char found = 0;
  for (const char c : section) {
    const auto byte = static_cast<unsigned char>(c);
    const bool blank = byte == '\t' || byte == '\r' || byte == '\n';
    found = static_cast<unsigned char>(found | ((byte < 0x20 && !blank) || byte == 0x7f));
  }
  return found != 0;
}

bool equal_fold(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
  });
}

std::string_view check_request_line(std::string_view line) {
  if (!line.ends_with(" HTTP/1.1")) return "not HTTP/1.1";
  line.remove_suffix(9);
  const auto space = line.find(' ');
  if (space == 0 || space == std::string_view::npos) return "malformed request line";
  const auto target = line.substr(space + 1);
  if (target.empty() || target.front() != '/') return "target is not a path";
  const auto disallowed = [](char c) {
    return c <= ' ' || static_cast<unsigned char>(c) >= 0x7f || c == '#';
  };
  if (std::any_of(target.begin(), target.end(), disallowed))
    return "disallowed character in the target";
  return {};
}

// Compares without case. '_' in name equals '-', as in some servers behind a proxy.
bool matches_name(std::string_view name, std::string_view lower) {
  return std::equal(name.begin(), name.end(), lower.begin(), lower.end(), [](char x, char y) {
    return equal_fold({&x, 1}, {&y, 1}) || (x == '_' && y == '-');
  });
}

// Requires at most one space before the value, none after it, and the exact spelling of the name.
// The other forms are legal, but a proxy that trims differently would read another length.
std::string_view check_framing_line(std::string_view name, std::string_view value) {
  if (!matches_name(name, "content-length") && !matches_name(name, "transfer-encoding")) return {};
  if (name.find('_') != std::string_view::npos) return "underscore in a framing field";
  if (value.starts_with(' ')) value.remove_prefix(1);
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  if (!value.empty() && (blank(value.front()) || blank(value.back())))
    return "space around a framing field";
  return {};
}

std::string_view check_field_line(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return "folded field line";
  const auto colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return "field line without a name";
  if (line[colon - 1] == ' ' || line[colon - 1] == '\t') return "space before a colon";
  return check_framing_line(line.substr(0, colon), line.substr(colon + 1));
}

bool is_host(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
  };
  return !text.empty() && text.size() <= 260 && std::all_of(text.begin(), text.end(), allowed);
}

bool is_length(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > 19 || !std::all_of(text.begin(), text.end(), digit))
    return false;
  return text.size() == 1 || text.front() != '0';
}

}  // namespace

// Proceeds line by line, because memchr is many times faster than a loop over the bytes.
head_scanner::state head_scanner::scan(std::string_view bytes) {
  while (at_ < bytes.size()) {
    const auto rest = bytes.substr(at_);
    const auto line = rest.substr(0, rest.find('\r'));
    if (line.find('\n') != line.npos || line.find('\0') != line.npos) return state::broken;
    at_ += line.size();
    if (rest.size() < line.size() + 2) return state::more;
    if (rest[line.size() + 1] != '\n') return state::broken;
    at_ += 2;
    if (at_ >= 4 && bytes.substr(at_ - 4, 2) == "\r\n") return state::end;
  }
  return state::more;
}

bool can_become_request(std::string_view bytes) {
  return bytes.size() <= longest_method ||
         bytes.substr(0, longest_method + 1).find(' ') != std::string_view::npos;
}

bool forbids_body(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE" ||
         method == "CONNECT";
}

std::string_view check_section(std::string_view section) {
  // Without the blank line, only lines that each end in CRLF remain.
  section.remove_suffix(2);
  if (has_control(section)) return "control character";
  bool first = true;
  std::size_t fields = 0;
  while (!section.empty()) {
    const auto end = section.find("\r\n");
    const auto line = section.substr(0, end);
    section.remove_prefix(end + 2);
    if (line.empty()) return "empty line";
    const auto problem = first ? check_request_line(line) : check_field_line(line);
    if (!problem.empty()) return problem;
    if (!first && ++fields > max_fields) return "too many fields";
    first = false;
  }
  return first ? "empty request" : std::string_view{};
}

framing check_framing(const framing_fields& fields) {
  framing out;
  if (fields.host_count != 1)
    out.problem = "not exactly one Host";
  else if (!is_host(fields.host))
    out.problem = "malformed Host";
  else if (fields.trailer)
    out.problem = "Trailer field";
  else if (fields.upgrade)
    out.problem = "Upgrade field";
  else if (fields.encoding_count > 1)
    out.problem = "several Transfer-Encodings";
  else if (fields.encoding_count == 1 && !equal_fold(fields.encoding, "chunked"))
    out.problem = "Transfer-Encoding other than chunked";
  else if (fields.encoding_count == 1 && fields.length_count > 0)
    out.problem = "Transfer-Encoding with Content-Length";
  else if (fields.length_count > 1)
    out.problem = "several Content-Lengths";
  else if (fields.length_count == 1 && !is_length(fields.length))
    out.problem = "malformed Content-Length";
  if (!out.problem.empty()) return out;

  out.chunked = fields.encoding_count == 1;
  if (fields.length_count == 1) {
    std::uint64_t length = 0;
    std::from_chars(fields.length.data(), fields.length.data() + fields.length.size(), length);
    out.length = length;
  }
  return out;
}

}  // namespace trunkline::gateway
