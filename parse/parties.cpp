// SPDX-License-Identifier: Apache-2.0
#include "parse/parties.hpp"

#include <algorithm>

#include "parse/kinds.hpp"
#include "parse/phone_number.hpp"

namespace trunkline::parse {
namespace {

constexpr std::size_t max_key_parties = 50;
// A btree entry has at most 2704 bytes.
constexpr std::size_t max_key_bytes = 2000;

using numbers = std::vector<std::string>;

// The participants that one source of an event names. Only a source that states which side is which
// has an other side and own numbers.
struct participants {
  numbers all;
  std::optional<std::string> other;
  numbers own;
};

void make_distinct(numbers& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

void append(numbers& list, const numbers& more) {
  list.insert(list.end(), more.begin(), more.end());
}

std::string_view stated_direction(const json_value& resource) {
  const std::string_view text = short_text(resource, "direction").value_or("");
  return text == "incoming" || text == "outgoing" ? text : std::string_view{};
}

void read_direction(const envelope& from, activity_facts& facts) {
  if (const auto stated = stated_direction(from.resource); !stated.empty()) {
    facts.direction_k = "2" + std::string(stated);
  } else if (const auto inferred = inferred_direction(from.what); !inferred.empty()) {
    facts.direction_k = "1" + std::string(inferred);
  }
}

void read_from_and_to(const envelope& from, activity_facts& facts) {
  if (is_ai_content(from.what)) return;
  facts.from_number = first_of(
      number_of(from.resource.find("from")), number_of(from.context.find("senderIdentifier"))
  );
  facts.to_numbers = numbers_of(from.resource.find("to"));
  if (facts.to_numbers.empty()) {
    facts.to_numbers = numbers_of(from.context.find("recipientIdentifiers"));
  }
}

participants from_and_to(const activity_facts& facts) {
  participants found;
  if (facts.from_number) found.all.push_back(*facts.from_number);
  append(found.all, facts.to_numbers);
  if (!facts.direction_k) return found;
  if (facts.direction_k->ends_with("incoming")) {
    found.other = facts.from_number;
    numbers to = facts.to_numbers;
    make_distinct(to);
    if (to.size() == 1) found.own = to;  // a group's list includes strangers
  } else {
    if (!facts.to_numbers.empty()) found.other = facts.to_numbers.front();
    if (facts.from_number) found.own.push_back(*facts.from_number);
  }
  return found;
}

participants sided_participants(const json_value& context) {
  participants found;
  const json_value* sides = context.find("participants");
  if (sides == nullptr || !sides->is_object()) return found;
  const json_value* resolution = sides->find("resolution");
  if (resolution != nullptr && resolution->text() == "unavailable") return found;
  found.own = numbers_of(sides->find("workspace"));
  const numbers external = numbers_of(sides->find("external"));
  if (!external.empty()) found.other = external.front();
  append(found.all, found.own);
  append(found.all, external);
  return found;
}

participants unsided_participants(const json_value& resource) {
  const json_value* list = resource.find("participants");
  if (list == nullptr || !list->is_array()) return {};
  return {numbers_of(list), std::nullopt, {}};
}

// Returns the first source that has a number. Mixing sources would let one event contradict itself.
participants best_source(const envelope& from, const activity_facts& facts) {
  participants direct = from_and_to(facts);
  const bool sided = facts.direction_k.has_value();
  if (sided && !direct.all.empty()) return direct;
  participants found = sided_participants(from.context);
  if (!found.all.empty()) return found;
  return direct.all.empty() ? unsided_participants(from.resource) : direct;
}

void add_party_key(activity_facts& facts) {
  if (facts.parties.size() < 2 || facts.parties.size() > max_key_parties) return;
  std::string key = facts.parties.front();
  for (std::size_t i = 1; i < facts.parties.size(); ++i) key += "," + facts.parties[i];
  if (key.size() <= max_key_bytes) facts.party_keys.push_back(std::move(key));
}

void read_participants(const envelope& from, activity_facts& facts, event& result) {
  participants found = best_source(from, facts);
  numbers own;
  std::copy_if(found.own.begin(), found.own.end(), std::back_inserter(own), is_e164);
  make_distinct(own);
  // A key with a number that has no identity would join unrelated conversations.
  if (std::none_of(found.all.begin(), found.all.end(), is_no_identity)) {
    make_distinct(found.all);
    facts.parties = std::move(found.all);
    add_party_key(facts);
    const bool named = found.other && is_e164(*found.other) &&
                       !std::binary_search(own.begin(), own.end(), *found.other);
    if (named) {
      facts.contact_hint = found.other;
      result.explicit_contacts.push_back(*found.other);
    }
  }
  result.own_number_evidence = std::move(own);
}

void add_contact_ids(const json_value* list, numbers& ids) {
  if (list == nullptr) return;
  const auto items = list->items();
  for (const json_value& item : items.first(std::min(items.size(), max_list))) {
    if (const auto id = short_text(&item)) ids.emplace_back(*id);
  }
}

void read_contact_ids(const envelope& from, activity_facts& facts) {
  add_contact_ids(from.resource.find("contactIds"), facts.contact_ids);
  if (const auto id = short_text(from.resource, "contactId")) facts.contact_ids.emplace_back(*id);
  if (const json_value* contacts = from.context.find("contacts")) {
    const json_value* status = contacts->find("lookupStatus");
    if (status == nullptr || status->text() != "unavailable") {
      add_contact_ids(contacts->find("ids"), facts.contact_ids);
    }
  }
  make_distinct(facts.contact_ids);
}

}  // namespace

void read_parties(const envelope& from, activity_facts& facts, event& result) {
  read_direction(from, facts);
  read_from_and_to(from, facts);
  read_participants(from, facts, result);
  read_contact_ids(from, facts);
  const link_parts link = link_of(from);
  const auto either = [&](std::string_view name) {
    return first_of(short_text(from.resource, name), short_text(from.context, name));
  };
  if (const auto ref = first_of(either("conversationId"), link.conversation)) {
    facts.conv_refs.emplace_back(*ref);
  }
  facts.line_id = owned(first_of(either("phoneNumberId"), link.line));
  facts.user_id = owned(either("userId"));
}

}  // namespace trunkline::parse
