// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"

#include <poll.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "common/text/utf8.hpp"

namespace trunkline::ctl {
namespace {

std::string quote(std::string_view text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

json_object& json_object::raw(std::string_view key, std::string_view value) {
  if (!members_.empty()) members_ += ',';
  members_ += quote(key);
  members_ += ':';
  members_ += value;
  return *this;
}

json_object& json_object::text(std::string_view key, const std::optional<std::string>& value) {
  return raw(key, value ? quote(*value) : "null");
}

json_object& json_object::number(std::string_view key, std::optional<std::int64_t> value) {
  return raw(key, value ? std::to_string(*value) : "null");
}

json_object& json_object::real(std::string_view key, std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return raw(key, "null");
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.3f", *value);
  return raw(key, digits);
}

json_object& json_object::boolean(std::string_view key, std::optional<bool> value) {
  return raw(key, !value ? "null" : *value ? "true" : "false");
}

json_object& json_object::object(std::string_view key, const std::optional<json_object>& value) {
  return raw(key, value ? value->str() : "null");
}

json_object& json_object::list(
    std::string_view key, const std::optional<std::vector<json_object>>& values
) {
  if (!values) return raw(key, "null");
  std::string text = "[";
  for (const auto& value : *values) text += (text.size() > 1 ? "," : "") + value.str();
  return raw(key, text + "]");
}

json_object& json_object::strings(std::string_view key, const std::vector<std::string>& values) {
  std::string text = "[";
  for (const auto& value : values) text += (text.size() > 1 ? "," : "") + quote(value);
  return raw(key, text + "]");
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      widths[i] = std::max(widths[i], count_characters(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - count_characters(row[i]) + 2, ' ');
    }
    out.erase(out.find_last_not_of(' ') + 1);  // an empty last cell leaves only padding
    out += '\n';
  }
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::size_t step = length == 0 ? 1 : length;
    if (length > 0 && !is_control(text.substr(0, length))) {
      out += text.substr(0, length);
    } else {
      for (const char c : text.substr(0, step)) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(c));
        out += escape;
      }
    }
    text.remove_prefix(step);
  }
  return out;
}

std::string shorten(std::string_view text, std::size_t most) {
  if (count_characters(text) <= most) return std::string(text);
  std::size_t characters = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (starts && ++characters > most) break;
  }
  return std::string(text.substr(0, end)) + "...";
}

int finish_output(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  if (::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0) return code;
  std::fputs("trunkline: not all could be written to standard output\n", stderr);
  return code == 0 ? as_int(exit_code::failed) : code;
}

int report_error(std::string_view command, std::string_view message, exit_code code) {
  std::fflush(stdout);
  const auto text = printable(message);  // a server's words may quote anything
  std::fprintf(
      stderr, "trunkline %.*s: %s\n", static_cast<int>(command.size()), command.data(), text.c_str()
  );
  return as_int(code);
}

}  // namespace trunkline::ctl
