// SPDX-License-Identifier: Apache-2.0
#include "parse/parties.hpp"

#include <algorithm>

#include "parse/kinds.hpp"

namespace trunkline::parse {
namespace {

constexpr std::size_t key_parties = 50;
constexpr std::size_t key_bytes = 2000;  // a btree entry ends at 2704

using numbers = std::vector<std::string>;

// What one source tells. A sided one knows who is who; an unsided one only who took part.
struct people {
  numbers all;
  std::optional<std::string> other;  // whom a hint would name
  numbers ours;                      // own evidence
};

void make_distinct(numbers& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

void append(numbers& list, const numbers& more) {
  list.insert(list.end(), more.begin(), more.end());
}

std::string_view stated_direction(const json_value& thing) {
  const std::string_view text = short_text(thing, "direction").value_or("");
  return text == "incoming" || text == "outgoing" ? text : std::string_view{};
}

void read_direction(const envelope& from, activity_facts& facts) {
  if (const auto stated = stated_direction(from.thing); !stated.empty()) {
    facts.direction_k = "2" + std::string(stated);
  } else if (const auto inferred = inferred_direction(from.what); !inferred.empty()) {
    facts.direction_k = "1" + std::string(inferred);
  }
}

void read_from_and_to(const envelope& from, activity_facts& facts) {
  if (is_ai_content(from.what)) return;
  facts.from_number = first_of(
      number_of(from.thing.find("from")), number_of(from.context.find("senderIdentifier"))
  );
  facts.to_numbers = numbers_of(from.thing.find("to"));
  if (facts.to_numbers.empty()) {
    facts.to_numbers = numbers_of(from.context.find("recipientIdentifiers"));
  }
}

people from_and_to(const activity_facts& facts) {
  people found;
  if (facts.from_number) found.all.push_back(*facts.from_number);
  append(found.all, facts.to_numbers);
  if (!facts.direction_k) return found;
  if (facts.direction_k->ends_with("incoming")) {
    found.other = facts.from_number;
    numbers to = facts.to_numbers;
    make_distinct(to);
    if (to.size() == 1) found.ours = to;  // a group's list names strangers too
  } else {
    if (!facts.to_numbers.empty()) found.other = facts.to_numbers.front();
    if (facts.from_number) found.ours.push_back(*facts.from_number);
  }
  return found;
}

people sided_participants(const json_value& context) {
  people found;
  const json_value* participants = context.find("participants");
  if (participants == nullptr || !participants->is_object()) return found;
  const json_value* resolution = participants->find("resolution");
  if (resolution != nullptr && resolution->text() == "unavailable") return found;
  found.ours = numbers_of(participants->find("workspace"));
  const numbers external = numbers_of(participants->find("external"));
  if (!external.empty()) found.other = external.front();
  append(found.all, found.ours);
  append(found.all, external);
  return found;
}

people unsided_participants(const json_value& thing) {
  const json_value* list = thing.find("participants");
  if (list == nullptr || !list->is_array()) return {};
  return {numbers_of(list), std::nullopt, {}};
}

// The first source that names anyone; mixing them would let one event contradict itself.
people best_source(const envelope& from, const activity_facts& facts) {
  people direct = from_and_to(facts);
  const bool sided = facts.direction_k.has_value();
  if (sided && !direct.all.empty()) return direct;
  people found = sided_participants(from.context);
  if (!found.all.empty()) return found;
  return direct.all.empty() ? unsided_participants(from.thing) : direct;
}

void add_party_key(activity_facts& facts) {
  if (facts.parties.size() < 2 || facts.parties.size() > key_parties) return;
  std::string key = facts.parties.front();
  for (std::size_t i = 1; i < facts.parties.size(); ++i) key += "," + facts.parties[i];
  if (key.size() <= key_bytes) facts.party_keys.push_back(std::move(key));
}

void read_people(const envelope& from, activity_facts& facts, event& result) {
  people found = best_source(from, facts);
  numbers ours;
  std::copy_if(found.ours.begin(), found.ours.end(), std::back_inserter(ours), is_e164);
  make_distinct(ours);
  // Someone without identity would bring all such strangers together under one key.
  if (std::none_of(found.all.begin(), found.all.end(), is_no_identity)) {
    make_distinct(found.all);
    facts.parties = std::move(found.all);
    add_party_key(facts);
    const bool named = found.other && is_e164(*found.other) &&
                       !std::binary_search(ours.begin(), ours.end(), *found.other);
    if (named) {
      facts.contact_hint = found.other;
      result.named.push_back(*found.other);
    }
  }
  result.own_numbers = std::move(ours);
}

void add_contact_ids(const json_value* list, numbers& ids) {
  if (list == nullptr) return;
  const auto items = list->items();
  for (const json_value& item : items.first(std::min(items.size(), list_limit))) {
    if (const auto id = short_text(&item)) ids.emplace_back(*id);
  }
}

void read_contact_ids(const envelope& from, activity_facts& facts) {
  add_contact_ids(from.thing.find("contactIds"), facts.contact_ids);
  if (const auto id = short_text(from.thing, "contactId")) facts.contact_ids.emplace_back(*id);
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
  read_people(from, facts, result);
  read_contact_ids(from, facts);
  const link_parts link = link_of(from);
  const auto either = [&](std::string_view name) {
    return first_of(short_text(from.thing, name), short_text(from.context, name));
  };
  if (const auto ref = first_of(either("conversationId"), link.conversation)) {
    facts.conv_refs.emplace_back(*ref);
  }
  facts.line_id = owned(first_of(either("phoneNumberId"), link.line));
  facts.user_id = owned(either("userId"));
}

}  // namespace trunkline::parse
