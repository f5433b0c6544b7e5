// SPDX-License-Identifier: Apache-2.0
// Tests properties of the merged rows that need the tables.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/integration/store/support.hpp"

using namespace store_test;

namespace {

std::string seed(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","data":{"object":)" + object + "}}";
}

const std::string thin_delivered = seed(
    "message.delivered",
    R"({"id":"AC1","status":"delivered","deliveredAt":"2026-11-20T17:00:09.000Z"})"
);
const std::string sent = seed(
    "message.sent",
    R"({"id":"AC1","direction":"outgoing","from":"+14155550100","to":["+14155550142"],"text":"hi",)"
    R"("status":"sent","createdAt":"2026-11-20T17:00:00.000Z"})"
);
constexpr auto message_row =
    "select a.openphone_id, a.status, a.direction, a.body, c.phone from activities a"
    " left join contacts c on c.id = a.contact_id";

}  // namespace

TEST_CASE("one message through two webhooks of two generations is one row") {
  database db;
  const auto store = open_store();
  apply(*store, {body_of(message{.id = "AC1", .text = "hello"})});
  apply(
      *store,
      {R"({"id":"EV1","object":"event","apiVersion":"v2","createdAt":"2026-11-20T17:00:01.000Z",)"
       R"("type":"message.received","data":{"object":{"id":"AC1","object":"message",)"
       R"("from":"+14155550142","to":"+14155550100","direction":"incoming","body":"hello",)"
       R"("status":"received","createdAt":"2026-11-20T17:00:00.000Z"}}})"}
  );
  CHECK(db.query("select count(*) from webhook_events where processed") == "2");
  CHECK(db.query("select count(*), min(body) from activities") == "1|hello");
  CHECK(db.query("select count(*) from contacts") == "1");
}

TEST_CASE("a late sent does not replace delivered") {
  database db;
  const auto store = open_store();
  apply(*store, {thin_delivered});
  apply(*store, {sent});
  CHECK(db.query(message_row) == "AC1|delivered|outgoing|hi|+14155550142");
}

TEST_CASE("a thin status before its message is kept until the message fills the row") {
  database db;
  const auto store = open_store();
  apply(*store, {thin_delivered});
  CHECK(db.query(message_row) == "AC1|delivered|outgoing|-|-");
  CHECK(db.query("select state from webhook_events") == "processed");
  apply(*store, {sent});
  CHECK(db.query(message_row) == "AC1|delivered|outgoing|hi|+14155550142");
}

TEST_CASE("recording and summary make the call's row, the call fills it in") {
  database db;
  const auto store = open_store();
  apply(
      *store,
      {seed(
           "call.recording.completed",
           R"({"id":"REC1","callId":"AC7","url":"https://media.example.com/r.mp3","duration":7})"
       ),
       seed("call_summary.created", R"({"callId":"AC7","summary":"asked the price"})")}
  );
  CHECK(
      db.query(
          "select openphone_id, activity_type, recording_url, ai_summary, status from activities"
      ) == "AC7|call|https://media.example.com/r.mp3|asked the price|-"
  );
  apply(*store, {body_of(call{.id = "AC7", .participants = {"+14155550142", "+14155550100"}})});
  CHECK(
      db.query("select count(*), min(recording_url), min(ai_summary), bool_and(status is not null)"
               " from activities") == "1|https://media.example.com/r.mp3|asked the price|t"
  );
}

TEST_CASE("a new number's messages at once make one contact") {
  database db;
  const auto first = open_store();
  const auto second = open_store();
  // Without assertions, because those of Catch2 are not thread-safe.
  const auto work = [](store::event_store& store, const std::string& name, int& failures) {
    for (int i = 0; i < 40; ++i) {
      message one{.id = "AC" + name + std::to_string(i)};
      one.from = "+1415555010" + std::to_string(i % 8 + 2);
      const std::vector events{event(body_of(one), name + "-" + std::to_string(i + 1))};
      while (true) {
        const auto done = store.apply(events);
        if (done.has_value()) break;
        if (++failures > 1000) return;  // a collision, which the worker retries too
      }
    }
  };
  int failures[2] = {};
  std::thread other([&] { work(*second, "2", failures[1]); });
  work(*first, "1", failures[0]);
  other.join();
  CHECK(db.query("select count(*) from activities") == "80");
  CHECK(db.query("select count(*), count(distinct phone) from contacts") == "8|8");
}

TEST_CASE("a deleted contact keeps its activities, an older card changes nothing") {
  database db;
  const auto store = open_store();
  apply(*store, {body_of(message{.id = "AC1"})});
  const auto name = [&] { return db.query("select phone, name from contacts"); };
  apply(
      *store, {body_of(card{
                  .id = "CT1",
                  .first_name = "Ada",
                  .at = "2026-11-20T18:00:00.000Z",
                  .phones = {"+14155550142"}})}
  );
  CHECK(name() == "+14155550142|Ada");
  apply(
      *store, {body_of(card{
                  .id = "CT1",
                  .first_name = "Old",
                  .at = "2026-11-20T17:00:00.000Z",
                  .phones = {"+14155550142"}})}
  );
  CHECK(name() == "+14155550142|Ada");
  apply(
      *store, {body_of(card{
                  .id = "CT1",
                  .first_name = "Ada",
                  .at = "2026-11-20T19:00:00.000Z",
                  .phones = {"+14155550142"},
                  .deleted = true})}
  );
  CHECK(name() == "+14155550142|+14155550142");
  CHECK(db.query("select openphone_id, contact_id is not null from activities") == "AC1|t");
}

TEST_CASE("the provider's conversation id comes later, and nothing is split") {
  database db;
  const auto store = open_store();
  apply(*store, {body_of(message{.id = "AC1", .at = "2026-11-20T17:00:00.000Z"})});
  CHECK(db.query("select openphone_id, last_activity_id from conversations") == "-|AC1");
  apply(
      *store,
      {body_of(message{.id = "AC2", .conversation = "CN1", .at = "2026-11-20T16:00:00.000Z"})}
  );
  // One conversation contains both, and its last activity is the newer one.
  CHECK(db.query("select openphone_id, last_activity_id from conversations") == "CN1|AC1");
  CHECK(db.query("select count(*), count(distinct conversation_id) from activities") == "2|1");
}

TEST_CASE("ids of any characters come out of lists as they were sent") {
  for (const std::string id : {"CN|1", "{CN1}", "{CN1", "a,b", "NULL", "back\\\\slash"}) {
    database db;
    const auto store = open_store();
    apply(*store, {body_of(message{.id = "AC1", .conversation = id})});
    const auto stored = id == "back\\\\slash" ? "back\\slash" : id;  // escaped in JSON
    CHECK(db.query("select cardinality(conv_refs), conv_refs[1] from activities") == "1|" + stored);
    CHECK(db.query("select openphone_id from conversations") == stored);
  }
}
