// SPDX-License-Identifier: Apache-2.0
#include "store/merge/derived_columns.hpp"
#include "store/merge/contact_choice.hpp"

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

TEST_CASE("a contact hint wins over the parties") {
  auto of = parties({"+14155550100", "+14155550142"});
  of.contact_hint = "+14155550177";
  CHECK(choose_contact(of, own) == "+14155550177");
}

TEST_CASE("the only party that is not an own number is the contact") {
  CHECK(choose_contact(parties({"+14155550100", "+14155550142"}), own) == "+14155550142");
  CHECK(choose_contact(parties({"+14155550042", "+14155550100"}), own) == "+14155550042");
  CHECK(
      choose_contact(parties({"+14155550100", "+14155550101", "+14155550142"}), own) ==
      "+14155550142"
  );
  CHECK(choose_contact(parties({"+14155550142"}), own) == "+14155550142");
}

TEST_CASE("a contact is never guessed") {
  CHECK(choose_contact(parties({}), own) == std::nullopt);
  CHECK(choose_contact(parties({"+14155550100"}), own) == std::nullopt);
  CHECK(choose_contact(parties({"+14155550100", "+14155550101"}), own) == std::nullopt);
  CHECK(choose_contact(parties({"+14155550142", "+14155550143"}), own) == std::nullopt);
  CHECK(
      choose_contact(parties({"+14155550100", "+14155550142", "+14155550143"}), own) == std::nullopt
  );
}

TEST_CASE("short codes are parties, never contacts") {
  CHECK(choose_contact(parties({"+14155550100", "72645"}), own) == std::nullopt);
  CHECK(choose_contact(parties({"72645"}), own) == std::nullopt);
  CHECK(choose_contact(parties({"+14155550142", "72645"}), own) == std::nullopt);
}

TEST_CASE("a party key has the least provider id seen with it") {
  least_refs all;
  add_refs(all, {{}, {}, {"CN2", "CN3"}, {"a,b", "a,c"}});
  add_refs(all, {{}, {}, {"CN1"}, {"a,c"}});
  add_refs(all, {{}, {}, {"CN9"}, {"a,b"}});
  add_refs(all, {{}, {}, {}, {"a,d"}});
  CHECK(all == least_refs{{"a,b", "CN2"}, {"a,c", "CN1"}});
}

TEST_CASE("an activity belongs to its least provider id, else to its least party key") {
  CHECK(conversation_key_of({{}, {}, {"CN1", "CN2"}, {"a,b"}}).value == "CN1");
  const auto by_key = conversation_key_of({{}, {}, {}, {"a,b", "a,c"}});
  CHECK(by_key.type == conversation_key::kind::party_key);
  CHECK(by_key.value == "a,b");
  CHECK(conversation_key_of({}).type == conversation_key::kind::none);
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

TEST_CASE("an activity without a time never becomes the newest") {
  conversation_summary sum;
  sum.join({std::nullopt, "AC1", {}});
  CHECK(sum.activity_id.empty());
  sum.join(active(5, "AC0"));
  sum.join({std::nullopt, "AC7", {}});
  CHECK(sum.activity_id == "AC0");
}
