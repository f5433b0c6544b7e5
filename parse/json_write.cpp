// SPDX-License-Identifier: Apache-2.0
#include "parse/json_write.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "parse/json_limits.hpp"

namespace trunkline::parse {
namespace {

bool needs_escape(char c) {
  return c == '"' || c == '\\' || (c >= 0 && c < ' ');
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  constexpr std::string_view plain = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  out += '\\';
  if (const std::size_t known = plain.find(c); known != std::string_view::npos) {
    out += letters[known];
    return;
  }
  out += "u00";
  out += hex[static_cast<unsigned char>(c) >> 4u];
  out += hex[static_cast<unsigned char>(c) & 15u];
}

bool is_storable_number(std::string_view digits) {
  if (digits.size() > max_number_length) return false;
  const std::size_t e = digits.find_first_of("eE");
  if (e == std::string_view::npos) return true;
  std::string_view exponent = digits.substr(e + 1);
  if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
  int value = 0;
  const auto [end, error] =
      std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
  return error == std::errc() && end == exponent.data() + exponent.size() &&
         value <= max_number_exponent;
}

void append_array(std::string& out, const json_value& value) {
  out += '[';
  for (std::size_t i = 0; i < value.items().size(); ++i) {
    if (i > 0) out += ',';
    append_json(out, value.items()[i]);
  }
  out += ']';
}

void append_object(std::string& out, const json_value& value) {
  std::vector<const json_member*> sorted;
  for (const json_member& member : value.members()) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(), [](const json_member* a, const json_member* b) {
    return a->name < b->name;
  });
  out += '{';
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, sorted[i]->name);
    out += ':';
    append_json(out, sorted[i]->value);
  }
  out += '}';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto* odd = std::find_if(text.begin(), text.end(), needs_escape);
    const auto clean = static_cast<std::size_t>(odd - text.begin());
    out += text.substr(0, clean);
    if (odd != text.end()) append_escaped(out, *odd);
    text.remove_prefix(std::min(clean + 1, text.size()));
  }
  out += '"';
}

// Recursion is safe: the document is at most max_json_depth levels deep.
void append_json(std::string& out, const json_value& value) {
  switch (value.kind()) {
    case json_value::type::null:
      out += "null";
      break;
    case json_value::type::boolean:
      out += value.is_true() ? "true" : "false";
      break;
    case json_value::type::number:
      out += is_storable_number(value.text()) ? value.text() : "null";
      break;
    case json_value::type::string:
      append_json_string(out, value.text());
      break;
    case json_value::type::array:
      append_array(out, value);
      break;
    case json_value::type::object:
      append_object(out, value);
      break;
  }
}

std::string to_json(const json_value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

void json_builder::separate() {
  if (!empty()) text_ += ',';
}

void json_builder::add(std::string_view item) {
  separate();
  append_json_string(text_, item);
}

void json_builder::add_raw(std::string_view json) {
  separate();
  text_ += json;
}

void json_builder::add(std::string_view name, std::string_view text) {
  add(name);
  text_ += ':';
  append_json_string(text_, text);
}

void json_builder::add_raw(std::string_view name, std::string_view json) {
  add(name);
  text_ += ':';
  text_ += json;
}

std::string json_builder::finish() {
  text_ += close_;
  return std::move(text_);
}

std::optional<std::string> json_builder::finish_unless_empty() {
  if (empty()) return std::nullopt;
  return finish();
}

}  // namespace trunkline::parse
