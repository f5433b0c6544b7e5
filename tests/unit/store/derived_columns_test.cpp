// SPDX-License-Identifier: Apache-2.0
#include "store/merge/derived_columns.hpp"

#include <catch2/catch.hpp>

using namespace trunkline::store;

namespace {

const number_set own{"+14155550100", "+14155550101"};

registers parties(std::vector<std::string> numbers) {
  registers of;
  of.parties = std::move(numbers);
  return of;
}

conversation_summary active(std::int64_t at, std::string id) {
  return {at, std::move(id), {}};
}

}  // namespace

TEST_CASE("a stated contact wins over what parties would say") {
  auto of = parties({"+14155550100", "+14155550142"});
  of.contact_hint = "+14155550177";
  CHECK(contact_of(of, own) == "+14155550177");
}

TEST_CASE("the one party that is not ours is the contact") {
  CHECK(contact_of(parties({"+14155550100", "+14155550142"}), own) == "+14155550142");
  CHECK(contact_of(parties({"+14155550042", "+14155550100"}), own) == "+14155550042");
  CHECK(
      contact_of(parties({"+14155550100", "+14155550101", "+14155550142"}), own) == "+14155550142"
  );
  CHECK(contact_of(parties({"+14155550142"}), own) == "+14155550142");
}

TEST_CASE("a contact is never guessed") {
  CHECK(contact_of(parties({}), own) == std::nullopt);
  CHECK(contact_of(parties({"+14155550100"}), own) == std::nullopt);
  CHECK(contact_of(parties({"+14155550100", "+14155550101"}), own) == std::nullopt);
  CHECK(contact_of(parties({"+14155550142", "+14155550143"}), own) == std::nullopt);
  CHECK(contact_of(parties({"+14155550100", "+14155550142", "+14155550143"}), own) == std::nullopt);
}

TEST_CASE("short codes are parties, never contacts") {
  CHECK(contact_of(parties({"+14155550100", "72645"}), own) == std::nullopt);
  CHECK(contact_of(parties({"72645"}), own) == std::nullopt);
  CHECK(contact_of(parties({"+14155550142", "72645"}), own) == std::nullopt);
}

TEST_CASE("a party key is attached to the least provider id seen with it") {
  attachments all;
  attach(all, {{}, {}, {"CN2", "CN3"}, {"a,b", "a,c"}});
  attach(all, {{}, {}, {"CN1"}, {"a,c"}});
  attach(all, {{}, {}, {"CN9"}, {"a,b"}});
  attach(all, {{}, {}, {}, {"a,d"}});
  CHECK(all == attachments{{"a,b", "CN2"}, {"a,c", "CN1"}});
}

TEST_CASE("an activity belongs to its least provider id, else to its least party key") {
  CHECK(place_of({{}, {}, {"CN1", "CN2"}, {"a,b"}}).name == "CN1");
  const auto by_key = place_of({{}, {}, {}, {"a,b", "a,c"}});
  CHECK(by_key.kind == place::sort::by_party_key);
  CHECK(by_key.name == "a,b");
  CHECK(place_of({}).kind == place::sort::none);
}

TEST_CASE("a conversation shows its newest activity and least contact, whatever the order") {
  const std::vector<conversation_summary> members{
      {20, "AC1", "+14155550143"}, {20, "AC2", {}}, {10, "AC9", "+14155550142"}, {{}, "AC99", {}}};
  auto order = GENERATE(
      std::vector<int>{0, 1, 2, 3}, std::vector<int>{3, 2, 1, 0}, std::vector<int>{1, 3, 0, 2, 1}
  );
  conversation_summary sum;
  for (const int i : order) sum.join(members[static_cast<std::size_t>(i)]);
  CHECK(sum.active_at == 20);
  CHECK(sum.activity_id == "AC2");
  CHECK(sum.contact == "+14155550142");
}

TEST_CASE("an activity without a time of its own never becomes the newest") {
  conversation_summary sum;
  sum.join({std::nullopt, "AC1", {}});
  CHECK(sum.activity_id.empty());
  sum.join(active(5, "AC0"));
  sum.join({std::nullopt, "AC7", {}});
  CHECK(sum.activity_id == "AC0");
}
