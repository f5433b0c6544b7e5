// SPDX-License-Identifier: Apache-2.0
#include "parse/contact_card.hpp"

#include <algorithm>

#include "parse/json_write.hpp"
#include "parse/phone_number.hpp"
#include "parse/text.hpp"

namespace trunkline::parse {
namespace {

enum class field_kind { other, phone, email };

void add_phone(const json_value& value, card_facts& card) {
  auto number = number_of(&value);
  if (number && is_e164(*number) && card.phones.size() < max_list) {
    card.phones.push_back(std::move(*number));
  }
}

void add_email(const json_value& value, card_facts& card) {
  const auto address = short_text(&value);
  if (!address || card.emails.size() >= max_list) return;
  if (std::find(card.emails.begin(), card.emails.end(), *address) == card.emails.end()) {
    card.emails.emplace_back(*address);
  }
}

// value is a text or a list of texts.
void add_value(field_kind kind, const json_value& value, card_facts& card) {
  const auto add = kind == field_kind::phone ? add_phone : add_email;
  if (kind == field_kind::other) return;
  if (value.is_string()) add(value, card);
  const auto items = value.items();
  for (const json_value& item : items.first(std::min(items.size(), max_list))) add(item, card);
}

// list holds texts, or objects with a member "value".
void add_list(field_kind kind, const json_value* list, card_facts& card) {
  if (list == nullptr) return;
  const auto items = list->items();
  for (const json_value& item : items.first(std::min(items.size(), max_list))) {
    const json_value* value = item.find("value");
    add_value(kind, value != nullptr ? *value : item, card);
  }
}

field_kind kind_by_name(std::string_view name) {
  if (contains_ignoring_case(name, "phone")) return field_kind::phone;
  if (contains_ignoring_case(name, "email")) return field_kind::email;
  return field_kind::other;
}

field_kind kind_of_field(const json_value& field) {
  const auto type = short_text(field, "type");
  if (!type) return kind_by_name(short_text(field, "name").value_or(""));
  if (*type == "phone-number") return field_kind::phone;
  return *type == "email" ? field_kind::email : field_kind::other;
}

// fields is documented as a list of {name, type, value}; some senders use a map of names.
void add_fields(const json_value* fields, card_facts& card) {
  if (fields == nullptr) return;
  const auto items = fields->items();
  for (const json_value& field : items.first(std::min(items.size(), max_list))) {
    if (const json_value* value = field.find("value"))
      add_value(kind_of_field(field), *value, card);
  }
  const auto members = fields->members();
  for (const json_member& field : members.first(std::min(members.size(), max_list))) {
    add_value(kind_by_name(field.name), field.value, card);
  }
}

std::string json_list(const std::vector<std::string>& texts) {
  json_builder list('[');
  for (const std::string& text : texts) list.add(text);
  return list.finish();
}

std::string canonical_record(const card_facts& card) {
  json_builder record('{');
  const auto add = [&](std::string_view name, const std::optional<std::string>& text) {
    if (text) record.add(name, *text);
  };
  add("company", card.company);
  if (!card.emails.empty()) record.add_raw("emails", json_list(card.emails));
  add("external_id", card.external_id);
  add("first_name", card.first_name);
  add("last_name", card.last_name);
  if (!card.phones.empty()) record.add_raw("phones", json_list(card.phones));
  add("role", card.role);
  return record.finish();
}

}  // namespace

card_facts read_card(const envelope& from, std::string_view card_id) {
  card_facts card;
  card.card_id = card_id;
  card.deleted = from.what == kind::contact_deleted;
  card.stamp = stamp_of(from);
  card.first_name = owned(short_text(from.resource, "firstName"));
  card.last_name = owned(short_text(from.resource, "lastName"));
  card.company = owned(short_text(from.resource, "company"));
  card.role = owned(short_text(from.resource, "role"));
  card.external_id = owned(short_text(from.resource, "externalId"));
  add_list(field_kind::phone, from.resource.find("phoneNumbers"), card);
  add_list(field_kind::email, from.resource.find("emails"), card);
  add_fields(from.resource.find("fields"), card);
  std::sort(card.phones.begin(), card.phones.end());
  card.phones.erase(std::unique(card.phones.begin(), card.phones.end()), card.phones.end());
  card.record = canonical_record(card);
  return card;
}

}  // namespace trunkline::parse
