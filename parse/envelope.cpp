// SPDX-License-Identifier: Apache-2.0
#include "parse/envelope.hpp"

#include <algorithm>

#include "parse/kinds.hpp"
#include "parse/text.hpp"

namespace trunkline::parse {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD, which json_scan.hpp explains

// Returns the event inside {"object": {"object": "event", ...}}, or root itself.
const json_value& unwrap(const json_value& root) {
  const json_value* inner = root.find("object");
  if (root.find("type") != nullptr || inner == nullptr) return root;
  const json_value* name = inner->find("object");
  return name != nullptr && name->text() == "event" ? *inner : root;
}

std::string head(const json_value& event, std::string_view name, std::size_t limit) {
  const json_value* value = event.find(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(cut(value->text(), limit));
}

verdict dead(event& result, std::string reason) {
  result.reason = std::move(reason);
  return verdict::dead;
}

json_value child(const json_value& object, std::string_view name) {
  const json_value* value = object.find(name);
  return value != nullptr && value->is_object() ? *value : json_value::object({});
}

optional_time inner_updated_at(const envelope& from) {
  if (from.what == kind::call_summary) return time_of(child(from.resource, "summary"), "updatedAt");
  if (from.what == kind::call_transcript) {
    return time_of(child(from.resource, "transcript"), "updatedAt");
  }
  return std::nullopt;
}

optional_time own_time_of(const envelope& from) {
  const std::string_view name = own_time(from.what);
  return name.empty() ? std::nullopt : time_of(from.resource, name);
}

}  // namespace

verdict open_envelope(const json_value& root, envelope& out, event& result) {
  if (!root.is_object()) return dead(result, "the top level is not an object");
  const json_value& event = unwrap(root);
  result.event_id = head(event, "id", max_short_text);
  result.api_version = head(event, "apiVersion", 20);
  result.event_type = head(event, "type", 100);
  result.occurred_at = out.created_at = time_of(event, "createdAt");
  const json_value* type = event.find("type");
  if (type == nullptr || type->is_null() || (type->is_string() && type->text().empty())) {
    return dead(result, "no type");
  }
  if (!type->is_string()) return dead(result, "type is not text");
  result.type = out.what = kind_of(type->text());
  if (is_ignored(out.what)) return verdict::ignore;

  const json_value* data = event.find("data");
  if (data == nullptr || data->is_null()) return dead(result, "data is missing");
  if (!data->is_object()) return dead(result, "data is not an object");
  out.data = *data;
  out.context = child(*data, "context");
  const json_value* resource = data->find("resource");
  const json_value* object = data->find("object");
  out.resource = resource != nullptr && resource->is_object() ? *resource
                 : object != nullptr && object->is_object()   ? *object
                                                              : *data;
  const json_value* version = event.find("apiVersion");
  if (version != nullptr) out.api_version = version->text();
  return verdict::apply;
}

link_parts parse_link(std::string_view link) {
  constexpr std::string_view inbox = "/inbox/";
  const std::size_t start = link.find(inbox);
  if (start == std::string_view::npos) return {};
  std::string_view rest = link.substr(start + inbox.size());
  rest = rest.substr(0, rest.find_first_of("?#"));
  const auto next = [&]() -> std::string_view {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    return part;
  };
  const auto usable = [](std::string_view part) -> optional_text {
    return part.empty() || part.size() > max_short_text ? std::nullopt : optional_text(part);
  };
  link_parts parts;
  parts.line = usable(next());
  if (next() == "c") parts.conversation = usable(next());
  return parts;
}

link_parts link_of(const envelope& from) {
  const optional_text link =
      first_of(url(from.data, "deepLink"), url(child(from.data, "links"), "quo"));
  return link ? parse_link(*link) : link_parts{};
}

optional_text usable_id(
    const json_value& resource, std::string_view name, std::string_view fallback,
    std::string& problem
) {
  for (const std::string_view candidate : {name, fallback}) {
    const json_value* value = candidate.empty() ? nullptr : resource.find(candidate);
    if (value == nullptr || value->is_null()) continue;
    if (value->is_array() && value->items().empty()) continue;
    if (!value->is_string()) {
      problem = std::string(candidate) + " is not text";
      return std::nullopt;
    }
    if (value->text().size() > max_short_text) {
      problem = std::string(candidate) + " is longer than 255 bytes";
      return std::nullopt;
    }
    // Two ids that differ only there would become one row.
    if (value->text().find(replacement) != std::string_view::npos) {
      problem = std::string(candidate) + " has a NUL or half a surrogate pair in it";
      return std::nullopt;
    }
    if (const auto id = short_text(value)) return id;
  }
  problem = "no " + std::string(name);
  return std::nullopt;
}

optional_time stamp_of(const envelope& from) {
  const optional_time updated = time_of(from.resource, "updatedAt");
  const optional_time created = time_of(from.resource, "createdAt");
  if (from.what == kind::contact_deleted && (updated || from.created_at)) {
    return std::max(updated, from.created_at);  // an absent time is less than any other
  }
  return first_of(updated, inner_updated_at(from), from.created_at, own_time_of(from), created);
}

optional_time occurred_at(const envelope& from) {
  return first_of(
      from.created_at, own_time_of(from), time_of(from.resource, "createdAt"),
      time_of(from.resource, "updatedAt")
  );
}

}  // namespace trunkline::parse
