// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "facts_text.hpp"

using namespace trunkline::parse;
using list = std::vector<std::string>;

namespace {

card_facts card(const std::string& members, std::string_view type = "contact.updated") {
  const event what = normalise(seed_event(type, R"({"id":"CT1")" + members + "}"));
  INFO(what.reason);
  REQUIRE(what.card);
  CHECK(what.explicit_contacts == what.card->phones);
  CHECK_FALSE(what.activity);
  return *what.card;
}

std::string stamp(std::string_view type, const std::string& envelope, const std::string& members) {
  const event what = normalise(
      R"({"type":")" + std::string(type) + "\"" + envelope + R"(,"data":{"object":{"id":"CT1")" +
      members + "}}}"
  );
  REQUIRE(what.card);
  return what.card->stamp ? time_text(*what.card->stamp).substr(17, 2) : "-infinity";
}

constexpr const char* updated_at_3 = R"(,"updatedAt":"2026-11-20T17:03:03Z")";
constexpr const char* created_at_1 = R"(,"createdAt":"2026-11-20T17:03:01Z")";
constexpr const char* created_at_5 = R"(,"createdAt":"2026-11-20T17:03:05Z")";

}  // namespace

TEST_CASE("fields as a list, as a map, with one value or several") {
  const std::string expected =
      R"({"emails":["dana@example.com"],"phones":["+14155550142","+14155550143"]})";
  for (const std::string fields :
       {R"([{"name":"Phone","type":"phone-number","value":"+14155550143"},{"type":"phone-number","value":"4155550142"},{"type":"email","value":"dana@example.com"},{"name":"Phone plan","type":"string","value":"+14155550199"}])",
        R"([{"type":"phone-number","value":["+14155550142","+14155550143","+14155550142"]},{"name":"E-Mail or Email","value":["dana@example.com"]}])",
        R"({"Phone Number":["+14155550142","+14155550143"],"Email":"dana@example.com","Address":"12 Pier Rd"})",
        R"({"phone":"+14155550142","work PHONE":"+14155550143","EMAIL":["dana@example.com","dana@example.com"]})"}) {
    INFO(fields);
    CHECK(card(R"(,"fields":)" + fields).record == expected);
  }
  for (const std::string fields : {"{}", "[]", "null", "5", R"("x")", R"([null,{"value":1},[]])"}) {
    CHECK(card(R"(,"fields":)" + fields).record == "{}");
  }
  CHECK(card("").record == "{}");
}

TEST_CASE("phoneNumbers and emails of the new generation") {
  const card_facts facts = card(
      R"(,"phoneNumbers":[{"value":"+14155550142","type":"phone-number"},"(415) 555-0143",{"value":null},{"value":"72645"}],"emails":[{"value":"b@example.com"},"a@example.com"])"
  );
  CHECK(facts.phones == list{"+14155550142", "+14155550143"});
  CHECK(facts.emails == list{"b@example.com", "a@example.com"});
}

TEST_CASE("a card has its fields, and empty fields yield no value") {
  const card_facts facts = card(
      R"(,"firstName":"Dana","lastName":"","company":null,"role":"Owner","externalId":"crm-1","phoneNumbers":[])"
  );
  CHECK(facts.first_name == "Dana");
  CHECK_FALSE(facts.last_name);
  CHECK_FALSE(facts.company);
  CHECK(facts.record == R"({"external_id":"crm-1","first_name":"Dana","role":"Owner"})");
  CHECK_FALSE(facts.deleted);
  CHECK(card("", "contact.deleted").deleted);
  CHECK_FALSE(card("", "contact.created").deleted);
}

TEST_CASE("the stamp of a card: updatedAt, but the newest time of a deletion") {
  const std::string envelope_5 = created_at_5;
  CHECK(stamp("contact.updated", envelope_5, updated_at_3) == "03");
  CHECK(stamp("contact.updated", envelope_5, created_at_1) == "05");
  CHECK(stamp("contact.updated", "", created_at_1) == "01");
  CHECK(stamp("contact.deleted", envelope_5, updated_at_3) == "05");
  CHECK(stamp("contact.deleted", created_at_1, updated_at_3) == "03");
  CHECK(stamp("contact.deleted", "", updated_at_3) == "03");
  CHECK(stamp("contact.deleted", "", created_at_1) == "01");
  CHECK(stamp("contact.deleted", "", "") == "-infinity");
}
