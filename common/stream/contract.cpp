// SPDX-License-Identifier: Apache-2.0
#include "common/stream/contract.hpp"

#include <charconv>
#include <utility>

namespace trunkline::stream {
namespace {

std::string key(std::string_view ns, std::string_view rest) {
  return std::string("{").append(ns).append("}:").append(rest);
}

template <class Number>
bool parse_whole(std::string_view text, Number& out) {
  Number parsed{};
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, parsed);
  if (error != std::errc{} || stop != end) return false;
  out = parsed;
  return true;
}

// Returns 1795194181310 for "1795194181310-0", or 0 if it is not a stream id.
std::int64_t milliseconds_of(std::string_view id) {
  std::int64_t ms = 0;
  return parse_whole(id.substr(0, id.find('-')), ms) ? ms : 0;
}

// Sets one field. Unknown fields belong to a later version and are ignored. A field that cannot be
// parsed keeps its default, because the body is authentic and decides alone how the delivery is
// processed.
void set_field(delivery& out, std::string_view name, std::string&& value) {
  if (name == "t") {
    parse_whole(value, out.received_at_ms);
  } else if (name == "s") {
    if (const auto scheme = signature::scheme_from(value)) out.scheme = *scheme;
  } else if (name == "k") {
    parse_whole(value, out.key_index);
  } else if (name == "w") {
    out.provider_delivery_id = std::move(value);
  } else if (name == "d") {
    out.delivery_id = std::move(value);
  }
}

}  // namespace

std::string deliveries_key(std::string_view ns) {
  return key(ns, "deliveries");
}

std::string minute_key(std::string_view ns, std::int64_t unix_minute) {
  return key(ns, "minute:" + std::to_string(unix_minute));
}

std::string process_key(std::string_view ns, std::string_view kind, std::string_view id) {
  return key(ns, std::string(kind).append(":").append(id));
}

std::string process_pattern(std::string_view ns, std::string_view kind) {
  std::string literal;
  for (const char c : ns) {
    if (std::string_view("*?[]^\\").find(c) != std::string_view::npos) literal += '\\';
    literal += c;
  }
  return process_key(literal, kind, "*");
}

void append_xadd(
    std::string& wire, std::string_view key, const delivery& from, std::string_view body
) {
  char time[24], index[16];
  const std::string_view t(
      time, static_cast<std::size_t>(
                std::to_chars(time, time + sizeof time, from.received_at_ms).ptr - time
            )
  );
  const std::string_view k(
      index, static_cast<std::size_t>(
                 std::to_chars(index, index + sizeof index, from.key_index).ptr - index
             )
  );
  const auto s = signature::to_string(from.scheme);
  if (from.provider_delivery_id.empty())
    redis::append_command(
        wire, {"XADD", key, "*", "d", from.delivery_id, "t", t, "s", s, "k", k, "b", body}
    );
  else
    redis::append_command(
        wire, {"XADD", key, "*", "d", from.delivery_id, "t", t, "s", s, "k", k, "w",
               from.provider_delivery_id, "b", body}
    );
}

entry decode_entry(redis::reply&& from) {
  entry out;
  if (!from.is_array() || from.elements.empty() || !from.elements[0].is_string()) {
    out.problem = "not a stream entry";
    return out;
  }
  out.id = std::move(from.elements[0].text);
  if (from.elements.size() < 2 || !from.elements[1].is_array()) {
    out.problem = "deleted from the stream";
    return out;
  }

  auto& fields = from.elements[1].elements;
  delivery content;
  content.received_at_ms = milliseconds_of(out.id);
  bool has_body = false;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    if (!fields[i].is_string() || !fields[i + 1].is_string()) continue;
    if (fields[i].text == "b") {
      content.body = std::move(fields[i + 1].text);
      has_body = true;
    } else {
      set_field(content, fields[i].text, std::move(fields[i + 1].text));
    }
  }
  if (has_body)
    out.content = std::move(content);
  else
    out.problem = "no field b: not written by a gateway";
  return out;
}

entry decode_entry(const redis::reply& from) {
  return decode_entry(redis::reply(from));
}

}  // namespace trunkline::stream
