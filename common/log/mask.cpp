// SPDX-License-Identifier: Apache-2.0
#include "common/log/mask.hpp"

#include <algorithm>

namespace trunkline {
namespace {

// Replaces the quoted or bare value after `key=` by ***.
void mask_keyword(std::string& text, std::string_view key) {
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    std::size_t begin = at + key.size();
    while (begin < text.size() && text[begin] == ' ') ++begin;
    if (begin >= text.size() || text[begin] != '=') continue;
    ++begin;
    while (begin < text.size() && text[begin] == ' ') ++begin;
    std::size_t end = begin;
    if (end < text.size() && text[end] == '\'') {
      for (++end; end < text.size() && text[end] != '\''; ++end)
        if (text[end] == '\\') ++end;
      end = std::min(end + 1, text.size());
    } else {
      for (; end < text.size() && text[end] != ' ' && text[end] != '\t' && text[end] != '&'; ++end)
        // For libpq an escaped blank belongs to the value.
        if (text[end] == '\\') ++end;
      end = std::min(end, text.size());
    }
    text.replace(begin, end - begin, "***");
  }
}

}  // namespace

std::string mask_number(std::string_view number) {
  const bool plus = !number.empty() && number.front() == '+';
  const std::size_t shown = number.size() >= 8 ? 2 : 0;
  std::string out(number.size(), '*');
  if (plus) out[0] = '+';
  for (std::size_t i = number.size() - shown; i < number.size(); ++i) out[i] = number[i];
  return out;
}

std::string mask_text(std::string_view text) {
  return "<" + std::to_string(text.size()) + " bytes>";
}

std::string mask_word(std::string_view word) {
  const bool harmless = word.size() <= 32 && std::all_of(word.begin(), word.end(), [](char c) {
                          return (c >= 'a' && c <= 'z') || c == '-' || c == '_';
                        });
  return harmless ? std::string(word) : mask_text(word);
}

std::string mask_key(std::string_view key) {
  constexpr std::size_t max_size = 40, max_digits = 3;
  std::size_t digits = 0;
  const bool plain = std::all_of(key.begin(), key.end(), [&](char c) {
    const bool digit = c >= '0' && c <= '9';
    if (digit) ++digits;
    return digit || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
  return plain && key.size() <= max_size && digits <= max_digits ? std::string(key)
                                                                 : mask_text(key);
}

std::string mask_url(std::string_view url) {
  std::string out(url);
  const std::size_t scheme = out.find("://");
  if (scheme == std::string::npos) return out;
  const std::size_t begin = scheme + 3;
  // Uses the last @, because a password may have an unescaped @ or /, and an invalid URL must not
  // show it either.
  const std::size_t at = out.rfind('@');
  if (at == std::string::npos || at < begin) return out;
  const std::size_t colon = out.find(':', begin);
  if (colon < at) out.replace(colon + 1, at - colon - 1, "***");
  return out;
}

std::string mask_conninfo(std::string_view text) {
  std::string out(text);
  mask_keyword(out, "sslpassword");
  mask_keyword(out, "password");
  // Last, because a password among the parameters may have an @.
  return mask_url(out);
}

}  // namespace trunkline
