// SPDX-License-Identifier: Apache-2.0
#include "tools/roff.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "common/text/utf8.hpp"

namespace trunkline::manual {
namespace {

constexpr std::size_t line_length = 78;

// Without these escapes a copied command would contain typographic quotes and hyphens.
std::string_view escape_of(char c) {
  switch (c) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";
    case '\'':
      return "\\(aq";
    case '`':
      return "\\(ga";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    case '"':
      return "\\(dq";
    default:
      return "";
  }
}

// Removes one character from the front of text and returns it; as "\[u00D7]" if it is not ASCII.
std::string take_character(std::string_view& text) {
  const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
  const auto first = static_cast<unsigned char>(text.front());
  std::string out;
  if (length == 1) {
    const auto escape = escape_of(text.front());
    out = escape.empty() ? std::string(1, text.front()) : std::string(escape);
  } else {
    unsigned code = first & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; i++)
      code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
    char name[16];
    std::snprintf(name, sizeof name, "\\[u%04X]", code);
    out = name;
  }
  text.remove_prefix(length);
  return out;
}

bool in_flag(char c) {
  return c == '-' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

// Returns the length of an option ("--claim-after") at the start of text, or 0.
std::size_t flag_length(std::string_view text) {
  if (text.size() < 3 || !text.starts_with("--") || text[2] == '-' || !in_flag(text[2])) return 0;
  return static_cast<std::size_t>(
      std::find_if_not(text.begin(), text.end(), in_flag) - text.begin()
  );
}

// roff interprets a line that starts with a dot.
std::string safe_start(const std::string& line) {
  return line.starts_with('.') ? "\\&" + line : line;
}

}  // namespace

std::string plain(std::string_view text) {
  std::string out;
  while (!text.empty()) out += take_character(text);
  return out;
}

std::string bold(std::string_view text) {
  return "\\fB" + plain(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return "\\fI" + plain(text) + "\\fR";
}

std::string escaped(std::string_view text) {
  std::string out;
  char before = ' ';
  while (!text.empty()) {
    const std::size_t closing = text.starts_with('`') ? text.find('`', 1) : text.npos;
    const std::size_t flag = in_flag(before) ? 0 : flag_length(text);
    if (closing != text.npos) {
      out += bold(text.substr(1, closing - 1));
      before = '`';
      text.remove_prefix(closing + 1);
    } else if (flag > 0) {
      out += bold(text.substr(0, flag));
      before = text[flag - 1];
      text.remove_prefix(flag);
    } else {
      before = text.front();
      out += take_character(text);
    }
  }
  return out;
}

std::string paragraph(std::string_view text) {
  std::string out, line;
  const std::string all = escaped(text);
  std::size_t at = 0;
  while (at < all.size()) {
    const std::size_t start = all.find_first_not_of(" \n", at);
    if (start == all.npos) break;
    at = std::min(all.find_first_of(" \n", start), all.size());
    const std::string word = all.substr(start, at - start);
    if (!line.empty() && line.size() + 1 + word.size() > line_length) {
      out += safe_start(line) + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? out : out + safe_start(line) + "\n";
}

std::string example(std::string_view lines) {
  std::string out = ".RS 4\n.EX\n";
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    out += safe_start(plain(lines.substr(0, end))) + "\n";
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return out + ".EE\n.RE\n";
}

}  // namespace trunkline::manual
