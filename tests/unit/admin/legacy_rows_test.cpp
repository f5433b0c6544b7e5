// SPDX-License-Identifier: Apache-2.0
#include "admin/import/legacy_rows.hpp"

#include <catch2/catch.hpp>

using namespace trunkline;
using admin::convert_activity;

namespace {

const admin::own_numbers own_numbers{"+14155550100"};

parse::activity_facts facts_of(const std::string& row, std::size_t which = 0) {
  const auto converted = convert_activity(row, std::nullopt, std::nullopt, own_numbers);
  REQUIRE(converted.error.empty());
  REQUIRE(converted.events.size() > which);
  return *converted.events[which].activity;
}

const std::string call = R"({"openphone_id":"AC1","activity_type":"call","direction":"incoming",)"
                         R"("from_number":"+14155550142","to_numbers":["+14155550100"])";

}  // namespace

TEST_CASE("a legacy message has no stamp and proves no own number") {
  const auto converted = convert_activity(
      R"({"openphone_id":"AC1","activity_type":"message","direction":"incoming","status":"received",)"
      R"("from_number":"4155550142","to_numbers":["+14155550199"],"body":"hi","created_at":"2026-03-01T10:00:00"})",
      "CN1", std::nullopt, own_numbers
  );
  REQUIRE(converted.events.size() == 1);
  const auto& event = converted.events.front();
  CHECK_FALSE(event.activity->stamp);
  CHECK(event.activity->created_at);
  CHECK(event.activity->body == "hi");
  CHECK(event.activity->contact_hint == "+14155550142");
  CHECK(event.activity->conv_refs == std::vector<std::string>{"CN1"});
  CHECK(event.own_number_evidence.empty());
}

TEST_CASE("a legacy time keeps its zone") {
  const auto utc = facts_of(call + R"(,"answered_at":"2026-03-01T10:00:00"})");
  const auto zone = facts_of(call + R"(,"answered_at":"2026-03-01T11:00:00+01:00"})");
  CHECK(utc.answered_at);
  CHECK(utc.answered_at == zone.answered_at);
}

TEST_CASE("a legacy duration with a recording belongs to the recording") {
  const std::string times =
      R"(,"answered_at":"2026-03-01T10:00:00","completed_at":"2026-03-01T10:05:00","duration_seconds":310)";
  CHECK(facts_of(call + times + "}").duration_r == 310);
  CHECK_FALSE(facts_of(call + times + R"(,"recording_url":"https://e.com/a"})").duration_r);
  CHECK(
      facts_of(call + R"(,"duration_seconds":310,"recording_url":"https://e.com/a"})").duration_r ==
      310
  );
}

TEST_CASE("a legacy call with AI content becomes three events") {
  const auto row =
      call + R"(,"ai_summary":"S","ai_next_steps":"[\"a\"]","ai_transcript":"plain words"})";
  CHECK(facts_of(row, 1).ai_summary == "S");
  CHECK(facts_of(row, 1).ai_next_steps == R"(["a"])");
  CHECK(facts_of(row, 2).ai_transcript == R"({"dialogue":[{"text":"plain words"}]})");
}

TEST_CASE("an unknown legacy status yields no value") {
  CHECK_FALSE(facts_of(call + R"(,"status":"what"})").status_r);
  CHECK_FALSE(facts_of(call + R"(,"status":null})").status_r);
  CHECK(facts_of(call + R"(,"status":"missed"})").status_r == "missed");
}

TEST_CASE("a legacy direction that makes an own number the contact is reversed") {
  const auto facts = facts_of(
      R"({"openphone_id":"AC1","activity_type":"message","direction":"outgoing","status":"sent",)"
      R"("from_number":"+14155550142","to_numbers":["+14155550100"]})"
  );
  CHECK_FALSE(facts.direction_k);
  CHECK_FALSE(facts.contact_hint);
  CHECK(facts.parties.size() == 2);
}

TEST_CASE("a legacy row that cannot be converted has a reason") {
  const auto problem = [](std::string_view row) {
    return convert_activity(row, std::nullopt, std::nullopt, own_numbers).error;
  };
  CHECK(problem(R"({"activity_type":"email"})") == "neither message nor call");
  CHECK(problem(R"({"activity_type":null})") == "no activity_type");
  CHECK(problem(R"({"activity_type":"call"})") == "no openphone_id");
  CHECK_FALSE(problem("{").empty());
  CHECK_FALSE(problem(call + R"(,"ai_transcript":"[broken"})").empty());
  CHECK(admin::convert_contact(R"({"id":1})", "import-").error == "no phone");
  CHECK_FALSE(admin::convert_contact(R"({"id":1,"phone":"call me"})", "import-").error.empty());
}

TEST_CASE("a legacy contact becomes a card only if it has a name") {
  const auto made_up = admin::convert_contact(
      R"x({"id":7,"phone":"(415) 555-0142","first_name":"+14155550142","last_name":"(from OpenPhone)"})x",
      "import-"
  );
  REQUIRE(made_up.events.size() == 1);
  CHECK_FALSE(made_up.events.front().card);
  CHECK(made_up.events.front().explicit_contacts == std::vector<std::string>{"+14155550142"});
  const auto named = admin::convert_contact(
      R"({"id":7,"phone":"+14155550142","first_name":"Ada","last_name":""})", "import-shop-"
  );
  REQUIRE(named.events.size() == 1);
  REQUIRE(named.events.front().card);
  CHECK(named.events.front().card->card_id == "import-shop-contact-7");
  CHECK(named.events.front().card->first_name == "Ada");
  CHECK_FALSE(named.events.front().card->stamp);
}

TEST_CASE("a legacy row with a time out of range is rejected") {
  const auto problem = [](const std::string& members) {
    return convert_activity(call + "," + members + "}", std::nullopt, std::nullopt, own_numbers)
        .error;
  };
  const std::string reason = " is not a time between 2000 and 2100";
  for (const std::string column : {"created_at", "answered_at", "completed_at"})
    for (const std::string value :
         {R"("infinity")", R"("-infinity")", R"("0044-03-15T00:00:00 BC")",
          R"("1970-01-01T00:00:00")", R"("10000-01-01T00:00:00")", R"("soon")", "1772359200"})
      CHECK(problem("\"" + column + "\":" + value) == column + reason);
  CHECK(problem(R"("created_at":null,"answered_at":"")").empty());
}

TEST_CASE("a legacy time may be a date or text") {
  const auto midnight = facts_of(call + R"(,"created_at":"2026-03-01T00:00:00Z"})").created_at;
  REQUIRE(midnight);
  CHECK(facts_of(call + R"(,"created_at":"2026-03-01"})").created_at == midnight);
  CHECK(facts_of(call + R"(,"created_at":"2026-03-01 00:00:00"})").created_at == midnight);
}
