// SPDX-License-Identifier: Apache-2.0
// Tests the rules of docs/events.md: messages, parties, direction, envelope.
#include <catch2/catch.hpp>

#include "facts_text.hpp"

using namespace trunkline::parse;
using list = std::vector<std::string>;

namespace {

activity_facts message(const std::string& members, std::string_view type = "message.received") {
  return activity_of(seed_event(type, R"({"id":"M1",)" + members + "}"));
}

}  // namespace

TEST_CASE("the recipe of the integration guide is one incoming message without contact") {
  const event what = normalise(R"({"type":"message.received","data":{"object":{"id":"TEST123"}}})");
  CHECK(
      facts_text(what) ==
      "verdict: apply\n"
      "kind: message.received\n"
      "event_type: message.received\n"
      "event_id: \n"
      "api_version: \n"
      "json_text: true\n"
      "activity\n"
      "openphone_id: TEST123\n"
      "activity_type: message\n"
      "direction_k: 1incoming\n"
      "status_r: received (4.1)\n"
      "stamp: -infinity\n"
  );
}

TEST_CASE("the same event in every envelope gives the same facts") {
  const std::string resource =
      R"({"id":"M1","text":"hi","direction":"incoming","from":"+14155550142"})";
  const std::string expected = facts_text(
      normalise(R"({"id":"EV1","type":"message.received","data":{"object":)" + resource + "}}")
  );
  CHECK(expected.find("body: hi") != std::string::npos);
  for (const std::string& body :
       {R"({"id":"EV1","type":"message.received","data":{"resource":)" + resource + "}}",
        R"({"id":"EV1","type":"message.received","data":)" + resource + "}",
        R"({"id":"EV1","type":"message.received","data":{"resource":)" + resource +
            R"(,"object":null}})",
        R"({"object":{"id":"EV1","object":"event","type":"message.received","data":{"object":)" +
            resource + "}}}",
        R"({"id":"EV1","future":[1],"type":"message.received","data":{"new":{},"object":)" +
            resource + "}}"}) {
    INFO(body);
    CHECK(facts_text(normalise(body)) == expected);
  }
  const event not_wrapped = normalise(R"({"object":{"object":"message","type":"x"}})");
  CHECK(not_wrapped.reason == "no type");
  const event typed =
      normalise(R"({"type":"x","object":{"object":"event","type":"message.received"}})");
  CHECK(typed.what == verdict::ignore);
}

TEST_CASE("the text is the first of text and body that is not empty") {
  CHECK(message(R"("text":"a","body":"b")").body == "a");
  CHECK(message(R"("text":"","body":"b")").body == "b");
  CHECK(message(R"("text":null,"body":"b")").body == "b");
  CHECK(message(R"("text":5,"body":"b")").body == "b");
  CHECK_FALSE(message(R"("text":null,"media":["https://x.example/1"])").body);
  CHECK(message(R"("text":"unavailable")").body == "unavailable");  // a text that a person can send
  const auto app = [](const char* version) {
    return activity_of(
        R"({"apiVersion":")" + std::string(version) +
        R"(","type":"message.received","data":{"object":{"id":"M1","text":"t","body":"b"}}})"
    );
  };
  CHECK(app("v2").body == "b");
  CHECK(app("v3").body == "b");
  CHECK(app("v4").body == "t");
}

TEST_CASE("to may be a text, a list, or a list with commas") {
  for (const std::string to :
       {R"(["+14155550142","+14155550143"])", R"("+14155550142,+14155550143")",
        R"("+14155550142, 4155550143")", R"(["+14155550142 ,+14155550143",""])",
        R"([null,5,"+14155550142",{"a":1},"(415) 555-0143","unavailable"])"}) {
    INFO(to);
    CHECK(
        message(R"("direction":"outgoing","from":"+14155550100","to":)" + to).to_numbers ==
        list{"+14155550142", "+14155550143"}
    );
  }
  CHECK(message(R"("to":{"a":1})").to_numbers.empty());
}

TEST_CASE("media as texts, objects, attachments or mediaUrls") {
  const auto urls = [](const std::string& members) {
    const activity_facts facts = message(members);
    return facts.media_urls.value_or("-") + " " + facts.media_types.value_or("-");
  };
  CHECK(urls(R"("media":["u1","u2"])") == R"(["u1","u2"] [null,null])");
  CHECK(
      urls(R"("media":[{"url":"u1","type":"image/png"},{"url":"u2"}])") ==
      R"(["u1","u2"] ["image/png",null])"
  );
  CHECK(
      urls(R"("media":["u1",{"url":"u2","type":5},{"type":"image/png"},null,7,"",{"url":""}])") ==
      R"(["u1","u2"] [null,null])"
  );
  CHECK(urls(R"("attachments":[{"url":"u1"}])") == R"(["u1"] [null])");
  CHECK(urls(R"("mediaUrls":["u1"])") == R"(["u1"] [null])");
  CHECK(urls(R"("media":[],"mediaUrls":["u1"])") == R"(["u1"] [null])");
  CHECK(urls(R"("media":["u0"],"mediaUrls":["u1"])") == R"(["u0"] [null])");
  CHECK(urls(R"("media":[])") == "- -");
  CHECK(urls(R"("media":"u1")") == "- -");
}

TEST_CASE("messages: an error has the code and detail of the event") {
  const auto error = [](const std::string& members) {
    return message(members, "message.failed").error.value_or("-");
  };
  CHECK(
      error(R"("errorCode":"30004","errorMessage":"Message blocked")") ==
      R"({"code":"30004","detail":"Message blocked"})"
  );
  CHECK(error(R"("errorCode":30007)") == R"({"code":"30007"})");
  CHECK(error(R"("errorCode":null)") == "-");
  CHECK(error(R"("error":{"code":"E1","message":"no"})") == R"({"code":"E1","detail":"no"})");
  CHECK(error(R"("error":"no such number")") == R"({"detail":"no such number"})");
  CHECK(error(R"("errorCode":1.5,"errorMessage":[])") == "-");
}

TEST_CASE("incoming names the sender, outgoing the first receiver") {
  const event in = normalise(seed_event(
      "message.received",
      R"({"id":"M1","direction":"incoming","from":"4155550142","to":["+14155550100"]})"
  ));
  CHECK(in.activity->contact_hint == "+14155550142");
  CHECK(in.own_number_evidence == list{"+14155550100"});
  CHECK(in.explicit_contacts == list{"+14155550142"});
  const event out = normalise(seed_event(
      "message.delivered",
      R"({"id":"M1","direction":"outgoing","from":"+14155550100","to":["+14155550143","+14155550142"]})"
  ));
  CHECK(out.activity->contact_hint == "+14155550143");
  CHECK(out.own_number_evidence == list{"+14155550100"});
  CHECK(out.activity->party_keys == list{"+14155550100,+14155550142,+14155550143"});
  const event delivered_as_received = normalise(seed_event(
      "message.received",
      R"({"id":"M1","direction":"outgoing","from":"+14155550100","to":"+14155550142"})"
  ));
  CHECK(delivered_as_received.activity->contact_hint == "+14155550142");
}

TEST_CASE("a group's list gives no own number, an own number is never the contact") {
  const event group = normalise(seed_event(
      "message.received",
      R"({"id":"M1","direction":"incoming","from":"+14155550142","to":["+14155550100","+14155550143"]})"
  ));
  CHECK(group.own_number_evidence.empty());
  CHECK(group.activity->contact_hint == "+14155550142");
  const event repeated = normalise(seed_event(
      "message.received",
      R"({"id":"M1","direction":"incoming","from":"+14155550142","to":["+14155550100","4155550100"]})"
  ));
  CHECK(repeated.own_number_evidence == list{"+14155550100"});
  const event self = normalise(seed_event(
      "message.received",
      R"({"id":"M1","direction":"incoming","from":"+14155550100","to":["+14155550100"]})"
  ));
  CHECK_FALSE(self.activity->contact_hint);
  CHECK(self.explicit_contacts.empty());
  CHECK(self.activity->parties == list{"+14155550100"});
  CHECK(self.activity->party_keys.empty());
}

TEST_CASE("a number without identity gives no parties, key or contact, but proves the own number") {
  for (const std::string who : {"anonymous", "Blocked", "RESTRICTED", "unknown", "Unavailable"}) {
    const event what = normalise(seed_event(
        "call.ringing",
        R"({"id":"C1","direction":"incoming","from":")" + who + R"(","to":"+14155550100"})"
    ));
    INFO(who);
    CHECK(what.activity->from_number == who);
    CHECK(what.activity->parties.empty());
    CHECK(what.activity->party_keys.empty());
    CHECK_FALSE(what.activity->contact_hint);
    CHECK(what.own_number_evidence == list{"+14155550100"});
    CHECK(what.explicit_contacts.empty());
  }
}

TEST_CASE("participants without sides are parties only, in whatever order") {
  for (const std::string order :
       {R"(["+14155550142","+14155550100"])", R"(["+14155550100","+14155550142"])"}) {
    const event what = normalise(seed_event(
        "call.completed", R"({"id":"C1","direction":"incoming","participants":)" + order + "}"
    ));
    CHECK(what.activity->parties == list{"+14155550100", "+14155550142"});
    CHECK_FALSE(what.activity->contact_hint);
    CHECK(what.own_number_evidence.empty());
    CHECK(what.explicit_contacts.empty());
  }
  const auto parties = [](const char* participants) {
    return activity_of(seed_event(
        "call.completed", R"({"id":"C1","participants":)" + std::string(participants) + "}"
    ));
  };
  CHECK(parties("[]").parties.empty());
  CHECK(parties(R"(["+14155550142"])").parties == list{"+14155550142"});
  CHECK(parties(R"(["+14155550142"])").party_keys.empty());
  CHECK(parties(R"([null,{"a":1},"+14155550142"])").parties == list{"+14155550142"});
}

TEST_CASE("sides by context, from and to going first") {
  const std::string context =
      R"({"participants":{"workspace":["+14155550100","+14155550101"],"external":["+14155550142","+14155550143"],"resolution":"available"}})";
  const event what =
      normalise(new_event("call.completed", R"({"id":"C1","direction":"outgoing"})", context));
  CHECK(what.activity->contact_hint == "+14155550142");
  CHECK(what.own_number_evidence == list{"+14155550100", "+14155550101"});
  CHECK(what.activity->parties.size() == 4);
  CHECK_FALSE(what.activity->from_number);  // only stated values
  const event voicemail = normalise(new_event(
      "call.voicemail.completed", R"({"id":"V1","from":"+14155550144","to":"+14155550100"})",
      context
  ));
  CHECK(voicemail.activity->contact_hint == "+14155550144");
  CHECK(voicemail.activity->direction_k == "1incoming");
  CHECK(voicemail.activity->parties == list{"+14155550100", "+14155550144"});
}

TEST_CASE("unavailable is unknown, not empty") {
  const std::string participants = R"("workspace":["+14155550100"],"external":["+14155550142"])";
  const event unresolved = normalise(new_event(
      "call.ringing", R"({"id":"C1"})",
      R"({"participants":{)" + participants +
          R"(,"resolution":"unavailable"},)"
          R"("contacts":{"ids":["CT1"],"lookupStatus":"unavailable"}})"
  ));
  CHECK(unresolved.activity->parties.empty());
  CHECK(unresolved.activity->contact_ids.empty());
  CHECK(unresolved.own_number_evidence.empty());
  const event resolved = normalise(new_event(
      "call.ringing", R"({"id":"C1","contactIds":["CT2"],"contactId":"CT3"})",
      R"({"participants":{)" + participants +
          R"(},"contacts":{"ids":["CT1",null,""],"lookupStatus":"matched"}})"
  ));
  CHECK(resolved.activity->parties.size() == 2);
  CHECK(resolved.activity->contact_ids == list{"CT1", "CT2", "CT3"});
}

TEST_CASE("the conversation is the stated one, else the link's") {
  const auto refs = [](const std::string& data) {
    return activity_of(R"({"type":"message.received","data":)" + data + "}").conv_refs;
  };
  const std::string link = R"("deepLink":"https://my.quo.com/inbox/PN1/c/CN9?at=M1")";
  CHECK(refs(R"({"object":{"id":"M1","conversationId":"CN1"},)" + link + "}") == list{"CN1"});
  CHECK(refs(R"({"object":{"id":"M1","conversationId":null},)" + link + "}") == list{"CN9"});
  CHECK(
      refs(R"({"resource":{"id":"M1"},"context":{"conversationId":"CN2"},)" + link + "}") ==
      list{"CN2"}
  );
  CHECK(
      refs(
          R"({"resource":{"id":"M1"},"context":{"conversationId":null},"links":{"quo":"https://my.quo.com/inbox/PN1/c/CN8"}})"
      ) == list{"CN8"}
  );
  CHECK(refs(R"({"resource":{"id":"M1"},"links":{"quo":null}})").empty());
  const activity_facts facts =
      activity_of(R"({"type":"callSummary","data":{"object":{"callId":"C1"},)" + link + "}}");
  CHECK(facts.line_id == "PN1");
}

TEST_CASE("a key of parties needs two of them and must fit an index") {
  const auto keyed = [](std::size_t parties, std::size_t bytes) {
    std::string names;
    for (std::size_t i = 0; i < parties; ++i) {
      std::string name = std::to_string(1000 + i);
      name.resize(bytes, 'x');
      names += (i > 0 ? ",\"" : "\"") + name + "\"";
    }
    return activity_of(seed_event("call.ringing", R"({"id":"C1","participants":[)" + names + "]}"))
        .party_keys.size();
  };
  CHECK(keyed(1, 12) == 0);
  CHECK(keyed(2, 12) == 1);
  CHECK(keyed(50, 12) == 1);
  CHECK(keyed(51, 12) == 0);
  CHECK(keyed(30, 64) == 1);
  CHECK(keyed(31, 64) == 0);
}

TEST_CASE("a missing direction comes from the type, or stays unknown") {
  const auto direction = [](std::string_view type, const std::string& members = "") {
    return activity_of(seed_event(type, R"({"id":"X1","callId":"C1")" + members + "}"))
        .direction_k.value_or("-");
  };
  CHECK(direction("message.received") == "1incoming");
  CHECK(direction("message.created") == "1incoming");
  for (const auto type :
       {"message.sent", "message.delivered", "message.failed", "message.undelivered"}) {
    CHECK(direction(type) == "1outgoing");
  }
  for (const auto type :
       {"call.missed", "call.forwarded", "call.menu.selected", "voicemail.received"}) {
    CHECK(direction(type) == "1incoming");
  }
  for (const auto type :
       {"call.ringing", "call.answered", "call.completed", "call.recording.completed",
        "callSummary", "callTranscript"}) {
    CHECK(direction(type) == "-");
  }
  CHECK(direction("call.completed", R"(,"direction":"outgoing")") == "2outgoing");
  CHECK(direction("message.received", R"(,"direction":"sideways")") == "1incoming");
  CHECK(direction("message.received", R"(,"direction":"outgoing")") == "2outgoing");
  // An inferred direction identifies the contact, but proves no own number.
  CHECK(message(R"("from":"+14155550142","to":["+14155550100"])").contact_hint == "+14155550142");
}
