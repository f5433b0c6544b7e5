// SPDX-License-Identifier: Apache-2.0
#include "parse/message.hpp"

#include <algorithm>

#include "parse/json_write.hpp"

namespace trunkline::parse {
namespace {

void read_body(const envelope& from, activity_facts& facts) {
  const bool app = from.api_version == "v2" || from.api_version == "v3";
  facts.body = owned(first_of(
      free_text(from.resource, app ? "body" : "text"),
      free_text(from.resource, app ? "text" : "body")
  ));
}

// Returns false if the list has no usable entry.
bool read_media_list(const json_value* list, activity_facts& facts) {
  if (list == nullptr || list->items().empty()) return false;
  json_builder urls('['), types('[');
  const auto items = list->items();
  for (const json_value& item : items.first(std::min(items.size(), max_list))) {
    const optional_text address = item.is_string() ? short_text(&item, max_url) : url(item, "url");
    if (!address) continue;
    urls.add(*address);
    if (const auto type = short_text(item, "type")) {
      types.add(*type);
    } else {
      types.add_raw("null");
    }
  }
  if (urls.empty()) return false;
  facts.media_urls = urls.finish();
  facts.media_types = types.finish();
  return true;
}

// A code is a whole number or a text: 30007, "30007".
optional_text code_of(const json_value& object, std::string_view name) {
  const json_value* value = object.find(name);
  if (value != nullptr && value->is_number() && whole_number(value)) return value->text();
  return short_text(value);
}

void read_error(const json_value& resource, activity_facts& facts) {
  const json_value* error = resource.find("error");
  const json_value nested = error != nullptr ? *error : json_value();
  json_builder result('{');
  if (const auto code = first_of(code_of(resource, "errorCode"), code_of(nested, "code"))) {
    result.add("code", *code);
  }
  const auto detail = first_of(
      free_text(resource, "errorMessage"), free_text(resource, "errorDetail"),
      free_text(nested, "message"), free_text(nested, "detail"), free_text(error)
  );
  if (detail) result.add("detail", *detail);
  facts.error = result.finish_unless_empty();
}

}  // namespace

void read_message(const envelope& from, activity_facts& facts) {
  read_body(from, facts);
  for (const std::string_view name : {"media", "attachments", "mediaUrls"}) {
    if (read_media_list(from.resource.find(name), facts)) break;
  }
  read_error(from.resource, facts);
}

}  // namespace trunkline::parse
