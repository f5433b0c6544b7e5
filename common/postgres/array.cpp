// SPDX-License-Identifier: Apache-2.0
#include "common/postgres/postgres.hpp"
#include "common/text/encoding.hpp"

// Array literals, because libpqxx 6 has no array parameters. Every text element is quoted, so that
// none can be read as NULL, a brace or a separator.
namespace trunkline::postgres {

void array_literal::separate() {
  for (; nulls_ > 0; --nulls_) {
    text_ += text_.empty() ? "{NULL" : ",NULL";
  }
  text_ += text_.empty() ? '{' : ',';
}

void array_literal::add(std::string_view element) {
  separate();
  text_ += '"';
  std::size_t from = 0;
  for (std::size_t at = 0; (at = element.find_first_of("\"\\", from)) != element.npos;) {
    text_.append(element, from, at - from);
    text_ += '\\';
    text_ += element[at];
    from = at + 1;
  }
  text_.append(element, from);
  text_ += '"';
}

void array_literal::add_hex(std::string_view bytes) {
  separate();
  text_ += "\"\\\\x";
  text_ += hex_encode(bytes);
  text_ += '"';
}

void array_literal::add_number(std::int64_t element) {
  separate();
  text_ += std::to_string(element);
}

void array_literal::add_bool(bool element) {
  separate();
  text_ += element ? 't' : 'f';
}

std::string array_literal::take() {
  std::string literal = text_.empty() ? "{" : std::move(text_);
  literal += '}';
  text_.clear();
  nulls_ = 0;
  return literal;
}

std::string array_of(const std::vector<std::string>& elements) {
  array_literal literal;
  for (const auto& element : elements) literal.add(element);
  return literal.take();
}

namespace {

// Reads from text[at], the character after an opening quote, and returns the position after the
// closing quote.
std::size_t read_quoted(std::string_view text, std::size_t at, std::string& element) {
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
    if (at < text.size()) element += text[at];
  }
  return at + 1;
}

}  // namespace

std::vector<std::string> parse_array(std::string_view text) {
  std::vector<std::string> elements;
  std::size_t at = 1;  // after the opening brace
  while (at < text.size() && text[at] != '}') {
    std::string element;
    if (text[at] == '"') {
      at = read_quoted(text, at + 1, element);
    } else {
      const auto end = std::min(text.find_first_of(",}", at), text.size());
      element = text.substr(at, end - at);
      if (element == "NULL") element.clear();
      at = end;
    }
    elements.push_back(std::move(element));
    if (at < text.size() && text[at] == ',') ++at;
  }
  return elements;
}

}  // namespace trunkline::postgres
