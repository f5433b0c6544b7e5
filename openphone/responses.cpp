// SPDX-License-Identifier: Apache-2.0
// Parsers of the provider's responses, which are untrusted: parsing is iterative, because deep
// nesting overflows the stack of a recursive parser, and the type of every member is checked.
#include <rapidjson/document.h>

#include "openphone/models.hpp"

namespace trunkline::openphone {
namespace {

using rapidjson::Value;

bool read(const std::string& body, rapidjson::Document& into) {
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  into.Parse<flags>(body.data(), body.size());
  return !into.HasParseError();
}

const Value* member(const Value& of, const char* name) {
  if (!of.IsObject()) return nullptr;
  const auto found = of.FindMember(name);
  return found == of.MemberEnd() ? nullptr : &found->value;
}

std::string text(const Value& of, const char* name) {
  const Value* found = member(of, name);
  if (found == nullptr || !found->IsString()) return "";
  return {found->GetString(), found->GetStringLength()};
}

// The provider sends ids as strings or as numbers.
std::string id_of(const Value& of) {
  const Value* found = member(of, "id");
  if (found != nullptr && found->IsUint64()) return std::to_string(found->GetUint64());
  return text(of, "id");
}

std::vector<std::string> strings(const Value& of, const char* name) {
  std::vector<std::string> out;
  const Value* found = member(of, name);
  if (found == nullptr || !found->IsArray()) return out;
  for (const auto& each : found->GetArray())
    if (each.IsString()) out.emplace_back(each.GetString(), each.GetStringLength());
  return out;
}

std::optional<webhook> webhook_of(const Value& value) {
  webhook out;
  out.id = id_of(value);
  if (!is_id(out.id)) return std::nullopt;
  // A list may contain webhooks of both APIs; the id shows which API manages the webhook.
  out.api_generation = generation_of(out.id);
  out.url = text(value, "url");
  out.status = text(value, "status");
  out.label = text(value, "label");
  out.created_at = text(value, "createdAt");
  out.key = text(value, "key");
  out.user = text(value, "userId");
  out.events = strings(value, "events");
  out.resources = strings(value, "resourceIds");
  return out;
}

const Value* data_array(const rapidjson::Document& document) {
  const Value* data = member(document, "data");
  return data != nullptr && data->IsArray() ? data : nullptr;
}

}  // namespace

std::optional<std::vector<webhook>> parse_webhooks(const std::string& body) {
  rapidjson::Document document;
  const Value* data = read(body, document) ? data_array(document) : nullptr;
  if (data == nullptr) return std::nullopt;
  std::vector<webhook> out;
  for (const auto& each : data->GetArray()) {
    const Value* deleted = member(each, "deletedAt");
    if (deleted != nullptr && !deleted->IsNull()) continue;
    auto item = webhook_of(each);
    if (!item) return std::nullopt;
    out.push_back(std::move(*item));
  }
  return out;
}

std::optional<webhook> parse_webhook(const std::string& body) {
  rapidjson::Document document;
  const Value* data = read(body, document) ? member(document, "data") : nullptr;
  if (data == nullptr) return std::nullopt;
  return webhook_of(*data);
}

std::optional<webhook> parse_new_webhook(const std::string& body) {
  auto item = parse_webhook(body);
  if (item && item->key.empty()) return std::nullopt;
  return item;
}

std::optional<std::string> parse_key(const std::string& body) {
  rapidjson::Document document;
  const Value* data = read(body, document) ? member(document, "data") : nullptr;
  if (data == nullptr || text(*data, "key").empty()) return std::nullopt;
  return text(*data, "key");
}

std::optional<std::string> parse_sample_id(const std::string& body) {
  rapidjson::Document document;
  if (!read(body, document) || !document.IsObject()) return std::nullopt;
  return text(document, "id");
}

std::optional<delivery_page> parse_deliveries(const std::string& body) {
  rapidjson::Document document;
  const Value* data = read(body, document) ? data_array(document) : nullptr;
  if (data == nullptr) return std::nullopt;
  delivery_page page;
  page.next = text(document, "nextCursor");
  for (const auto& each : data->GetArray()) {
    delivery item{id_of(each),
                  text(each, "eventId"),
                  text(each, "eventType"),
                  text(each, "resourceId"),
                  text(each, "status"),
                  text(each, "createdAt"),
                  text(each, "nextAttemptAt")};
    if (!is_id(item.id)) return std::nullopt;
    page.items.push_back(std::move(item));
  }
  return page;
}

std::optional<std::vector<recording>> parse_recordings(const std::string& body) {
  rapidjson::Document document;
  const Value* data = read(body, document) ? data_array(document) : nullptr;
  if (data == nullptr) return std::nullopt;
  std::vector<recording> out;
  for (const auto& each : data->GetArray()) {
    recording item{id_of(each),        text(each, "status"),    text(each, "url"),
                   text(each, "type"), text(each, "startTime"), std::nullopt};
    const Value* duration = member(each, "duration");
    if (duration != nullptr && duration->IsNumber()) item.duration = duration->GetDouble();
    out.push_back(std::move(item));
  }
  return out;
}

std::string parse_error(const std::string& body) {
  rapidjson::Document document;
  if (!read(body, document)) return "";
  const Value* wrapped = member(document, "error");
  const Value& error = wrapped != nullptr && wrapped->IsObject() ? *wrapped : document;
  std::string out = text(error, "message");
  if (out.empty()) out = text(error, "title");
  if (!text(error, "code").empty()) out += " (code " + text(error, "code") + ")";
  const Value* details = member(error, "errors");
  if (details != nullptr && details->IsArray())
    for (const auto& each : details->GetArray())
      if (!text(each, "message").empty())
        out += "; " + text(each, "path") + ": " + text(each, "message");
  return out;
}

}  // namespace trunkline::openphone
