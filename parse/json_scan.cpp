// SPDX-License-Identifier: Apache-2.0
#include "parse/json_scan.hpp"

#include "parse/json_limits.hpp"
#include "parse/text.hpp"

namespace trunkline::parse {
namespace {

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Returns the code unit of a \uXXXX that starts at position, or -1.
int code_unit(std::string_view bytes, std::size_t position) {
  if (position + 6 > bytes.size() || bytes[position] != '\\' || bytes[position + 1] != 'u')
    return -1;
  int unit = 0;
  for (std::size_t i = position + 2; i < position + 6; ++i) {
    const int digit = hex_value(bytes[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

// RFC 8259: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
bool is_json_number(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t begin = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i - begin;
  };
  const bool zero = i < text.size() && text[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

class scanner {
 public:
  explicit scanner(std::string& bytes) : bytes_(bytes) {}

  scan_result run() {
    while (result_.problem.empty() && at_ < bytes_.size()) {
      const char c = bytes_[at_];
      if (c == '"') {
        string();
      } else if (c == '[' || c == '{') {
        open();
      } else if (c == '-' || is_digit(c)) {
        number();
      } else {
        if (c == ']' || c == '}') --depth_;
        plain();
      }
    }
    return result_;
  }

 private:
  void fail(const std::string& why) { result_.problem = why + " at byte " + std::to_string(at_); }

  void open() {
    if (++depth_ > max_json_depth) {
      result_.too_deep = true;
      fail("nested deeper than " + std::to_string(max_json_depth) + " levels");
    }
    ++at_;
  }

  // A byte or a UTF-8 sequence that is not part of a string, a number or a bracket.
  void plain() {
    const std::size_t length = utf8_length(std::string_view(bytes_).substr(at_));
    if (length == 0) return fail("not JSON: invalid UTF-8");
    if (bytes_[at_] == '\0') return fail("not JSON: NUL byte");
    at_ += length;
  }

  void string() {
    ++at_;
    while (result_.problem.empty() && at_ < bytes_.size()) {
      const char c = bytes_[at_];
      if (c == '"') {
        ++at_;
        return;
      }
      if (c == '\\') {
        escape();
      } else if (c >= ' ') {  // char is signed here: ASCII only
        ++at_;
      } else {
        plain();
      }
    }
  }

  void escape() {
    const int unit = code_unit(bytes_, at_);
    if (unit < 0) {
      at_ += at_ + 1 < bytes_.size() && bytes_[at_ + 1] > 0 ? 2 : 1;
      return;
    }
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      const int next = code_unit(bytes_, at_ + 6);
      if (next >= 0xDC00 && next <= 0xDFFF) {
        at_ += 12;
        return;
      }
    }
    if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF)) {
      bytes_.replace(at_, 6, "\\ufffd");
      result_.replaced = true;
    }
    at_ += 6;
  }

  void number() {
    const std::size_t begin = at_;
    bool exponent = false;
    for (; at_ < bytes_.size(); ++at_) {
      const char c = bytes_[at_];
      if (c == 'e' || c == 'E') {
        exponent = true;
      } else if (!is_digit(c) && c != '.' && c != '+' && c != '-') {
        break;
      }
    }
    const std::size_t length = at_ - begin;
    if (!exponent && length < 300) return;
    if (!is_json_number(std::string_view(bytes_).substr(begin, length))) return;
    bytes_.replace(begin, length, length, '0');
    bytes_[begin + 1] = '.';
  }

  std::string& bytes_;
  std::size_t at_ = 0;
  long depth_ = 0;
  scan_result result_;
};

}  // namespace

scan_result scan_json(std::string& bytes) {
  return scanner(bytes).run();
}

}  // namespace trunkline::parse
