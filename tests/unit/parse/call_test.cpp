// SPDX-License-Identifier: Apache-2.0
// Tests the rules of docs/events.md on calls: status, stamp, times, recordings, voicemail, AI
// content.
#include <catch2/catch.hpp>

#include "facts_text.hpp"
#include "parse/status.hpp"

using namespace trunkline::parse;

namespace {

std::string status(std::string_view type, const std::string& members) {
  const activity_facts facts =
      activity_of(seed_event(type, R"({"id":"X1","callId":"C1")" + members + "}"));
  return facts.status_r.value_or("-") + (facts.unanswered ? " unanswered" : "");
}

std::string stamp(std::string_view type, const std::string& envelope, const std::string& members) {
  const activity_facts facts = activity_of(
      R"({"type":")" + std::string(type) + "\"" + envelope +
      R"(,"data":{"object":{"id":"X1","callId":"C1")" + members + "}}}"
  );
  return facts.stamp ? time_text(*facts.stamp).substr(17, 2) : "-infinity";
}

std::string at(const std::string& name, int second) {
  return ",\"" + name + "\":\"2026-11-20T17:03:0" + std::to_string(second) + "Z\"";
}

// Returns recordings as "id url duration", followed by the recording columns of the call.
std::string recordings(std::string_view type, const std::string& members) {
  const event what = normalise(seed_event(type, "{" + members + "}"));
  REQUIRE(what.activity);
  std::string text = what.activity->openphone_id + ": " +
                     what.activity->recording_url.value_or("-") + " " +
                     std::to_string(what.activity->recording_duration_seconds.value_or(-1)) + " " +
                     std::to_string(what.activity->recording_size_bytes.value_or(-1));
  for (const recording_facts& one : what.recordings) {
    text += "; " + one.recording_id + " " + one.url.value_or("-") + " " +
            std::to_string(one.duration_seconds.value_or(-1));
  }
  return text;
}

}  // namespace

TEST_CASE("every status has its level and rank") {
  const std::vector<std::vector<std::string>> levels = {
      {"scheduled", "accepted", "queued", "initiated", "ringing"},
      {"sending", "receiving", "in-progress", "answered"},
      {"sent"},
      {"received", "partially_delivered", "delivered", "canceled", "failed", "completed", "busy",
       "abandoned", "ai-handled", "forwarded", "missed"},
      {"read", "undelivered"}};
  for (std::size_t level = 0; level < levels.size(); ++level) {
    for (std::size_t rank = 0; rank < levels[level].size(); ++rank) {
      const status_order order = order_of_status(levels[level][rank]);
      INFO(levels[level][rank]);
      CHECK(order.text == levels[level][rank]);
      CHECK(order.level == static_cast<int>(level) + 1);
      CHECK(order.rank == static_cast<int>(rank) + 1);
    }
  }
  CHECK(order_of_status("started").text == "ringing");
  CHECK(order_of_status("cancelled").text == "canceled");
  for (const auto text : {"", "unanswered", "no-answer", "unknown", "Delivered", "exploded"}) {
    CHECK(order_of_status(text).level == 0);
  }
}

TEST_CASE("a message's status is the stated one, else the type's") {
  CHECK(status("message.received", "") == "received");
  CHECK(status("message.received", R"(,"status":"received")") == "received");
  CHECK(status("message.received", R"(,"status":"delivered")") == "received");
  CHECK(
      status("message.received", R"(,"status":"delivered","direction":"outgoing")") == "delivered"
  );
  CHECK(status("message.sent", "") == "sent");
  CHECK(status("message.delivered", R"(,"status":null)") == "delivered");
  CHECK(status("message.delivered", R"(,"status":"sent")") == "sent");
  CHECK(status("message.delivered", R"(,"status":"exploded")") == "delivered");
  CHECK(status("message.failed", R"(,"status":"unavailable")") == "failed");
  CHECK(status("message.undelivered", "") == "undelivered");
}

TEST_CASE("a call's status by type and by what is stated") {
  CHECK(status("call.ringing", "") == "ringing");
  CHECK(status("call.started", R"(,"status":"started")") == "ringing");
  CHECK(status("call.ringing", R"(,"status":"no-answer")") == "ringing");
  CHECK(status("call.answered", "") == "answered");
  CHECK(status("call.missed", R"(,"status":"no-answer")") == "missed");
  CHECK(status("call.missed", R"(,"status":"completed","answeredAt":null)") == "missed");
  CHECK(status("call.forwarded", R"(,"status":"ringing")") == "forwarded");
  CHECK(status("call.completed", R"(,"status":"answered")") == "completed");
  CHECK(status("call.completed", R"(,"status":"unanswered")") == "completed unanswered");
  CHECK(status("call.completed", R"(,"status":"no-answer")") == "completed unanswered");
  CHECK(status("call.completed", R"(,"status":"unknown")") == "completed");
  for (const std::string word :
       {"failed", "busy", "canceled", "forwarded", "abandoned", "ai-handled", "missed"}) {
    CHECK(status("call.completed", R"(,"answeredAt":null,"status":")" + word + "\"") == word);
  }
  for (const auto type :
       {"call.menu.selected", "call.recording.completed", "callSummary", "callTranscript",
        "call.voicemail.completed"}) {
    CHECK(status(type, R"(,"status":"completed")") == "-");
  }
}

TEST_CASE("a null answeredAt without a duration means unanswered") {
  CHECK(status("call.completed", R"(,"answeredAt":null)") == "completed unanswered");
  CHECK(status("call.completed", R"(,"answeredAt":null,"duration":0)") == "completed unanswered");
  CHECK(
      status("call.completed", R"(,"answeredAt":null,"duration":null,"status":"answered")") ==
      "completed unanswered"
  );
  CHECK(status("call.completed", R"(,"answeredAt":null,"duration":3)") == "completed");
  CHECK(status("call.completed", "") == "completed");
  CHECK(status("call.completed", R"(,"answeredAt":"")") == "completed");
  CHECK(status("call.ended", at("answeredAt", 1)) == "completed");
}

TEST_CASE("duration from duration, else durationSeconds, of the call itself only") {
  const auto duration = [](std::string_view type, const std::string& members) {
    return activity_of(seed_event(type, R"({"id":"X1","callId":"C1")" + members + "}"))
        .duration_r.value_or(-1);
  };
  CHECK(duration("call.completed", R"(,"duration":7,"durationSeconds":8)") == 7);
  CHECK(duration("call.completed", R"(,"duration":null,"durationSeconds":8)") == 8);
  CHECK(duration("call.ringing", R"(,"duration":0)") == -1);  // it has none yet
  CHECK(duration("call.recording.completed", R"(,"duration":7,"recordings":[])") == 7);
  CHECK(
      duration("call.recording.completed", R"(,"duration":7,"url":"u")") == -1
  );  // the recording's
  CHECK(duration("call.voicemail.completed", R"(,"duration":7)") == -1);
  CHECK(duration("callTranscript", R"(,"duration":7)") == -1);
}

TEST_CASE("the stamp is the first valid of updatedAt, envelope, own time, createdAt") {
  const std::string envelope = at("createdAt", 2);
  const std::string all = at("updatedAt", 1) + at("deliveredAt", 3) + at("createdAt", 4);
  CHECK(stamp("message.delivered", envelope, all) == "01");
  CHECK(stamp("message.delivered", envelope, at("deliveredAt", 3)) == "02");
  CHECK(stamp("message.delivered", envelope, R"(,"updatedAt":"soon")") == "02");
  CHECK(
      stamp(
          "message.delivered", R"(,"createdAt":"1999-01-01T00:00:00Z")",
          at("deliveredAt", 3) + at("createdAt", 4)
      ) == "03"
  );
  CHECK(stamp("message.delivered", "", at("createdAt", 4)) == "04");
  CHECK(stamp("message.delivered", "", "") == "-infinity");
  CHECK(stamp("message.failed", "", at("failedAt", 3) + at("createdAt", 4)) == "03");
  CHECK(stamp("call.missed", "", at("missedAt", 3) + at("createdAt", 4)) == "03");
  CHECK(stamp("call.answered", "", at("answeredAt", 3) + at("completedAt", 5)) == "03");
  CHECK(stamp("call.completed", "", at("answeredAt", 3) + at("completedAt", 5)) == "05");
  CHECK(stamp("call.forwarded", "", at("forwardedAt", 3) + at("createdAt", 4)) == "03");
  CHECK(stamp("message.received", "", at("deliveredAt", 3) + at("createdAt", 4)) == "04");
  CHECK(
      stamp("callTranscript", envelope, R"(,"transcript":{"x":1)" + at("updatedAt", 6) + "}") ==
      "06"
  );
  CHECK(stamp("callSummary", envelope, R"(,"summary":{"x":1)" + at("updatedAt", 6) + "}") == "06");
}

TEST_CASE("calls: only life-cycle events set the time of activity") {
  const auto active = [](std::string_view type, const std::string& members) {
    const activity_facts facts =
        activity_of(seed_event(type, R"({"id":"X1","callId":"C1")" + members + "}"));
    return facts.active_at ? time_text(*facts.active_at).substr(17, 2) : "-";
  };
  const std::string times = at("createdAt", 1) + at("answeredAt", 2) + at("completedAt", 5);
  CHECK(active("call.completed", times) == "05");
  CHECK(active("call.ringing", at("createdAt", 1)) == "01");
  CHECK(active("call.menu.selected", at("createdAt", 1)) == "01");
  CHECK(active("call.missed", at("missedAt", 4)) == "04");
  CHECK(active("message.received", times) == "01");
  CHECK(active("message.delivered", at("deliveredAt", 3)) == "-");
  for (const auto type :
       {"call.recording.completed", "callSummary", "callTranscript", "call.voicemail.completed"}) {
    CHECK(active(type, times) == "-");
  }
}

TEST_CASE("recording, summary, transcript and voicemail are keyed by their call") {
  const auto key = [](std::string_view type, const std::string& object) {
    const event what = normalise(seed_event(type, object));
    return what.activity ? what.activity->openphone_id + " " + *what.activity->activity_type
                         : what.reason;
  };
  CHECK(key("call.recording.completed", R"({"id":"REC1","callId":"C1","url":"u"})") == "C1 call");
  CHECK(key("call.recording.completed", R"({"id":"C1","recordings":[]})") == "C1 call");
  CHECK(key("call.recording.completed", R"({"id":"REC1","url":"u"})") == "no callId");
  CHECK(key("callSummary", R"({"id":"S1","callId":"C1"})") == "C1 call");
  CHECK(key("call_transcript.updated", R"({"id":"T1","callId":"C1"})") == "C1 call");
  CHECK(key("call_transcript.updated", R"({"id":"T1"})") == "no callId");
  CHECK(key("call.voicemail.completed", R"({"id":"V1","callId":"C1"})") == "C1 call");
  CHECK(key("call.voicemail.completed", R"({"id":"V1","callId":null})") == "V1 call");
  CHECK(key("call.voicemail.completed", R"({"id":"V1","callId":[]})") == "V1 call");
  CHECK(key("call.voicemail.completed", R"({"id":"V1","callId":5})") == "callId is not text");
}

TEST_CASE("recordings: lists with and without ids, and the seed's single ones") {
  CHECK(
      recordings(
          "call.recording.completed",
          R"("id":"C1","recordings":[{"id":"R1","url":null,"duration":1},{"id":"R2","url":"u2","duration":2,"size":9}])"
      ) == "C1: u2 2 9; R1 - 1; R2 u2 2"
  );
  CHECK(
      recordings(
          "call.completed", R"("id":"C1","media":[{"url":"u1","duration":5},{"url":"u2"}])"
      ) == "C1: u1 5 -1; #0 u1 5; #1 u2 -1"
  );
  CHECK(
      recordings("call.completed", R"("id":"C1","recordings":[],"media":[{"url":"u1"}])") ==
      "C1: u1 -1 -1; #0 u1 -1"
  );
  CHECK(
      recordings(
          "call.completed",
          R"("id":"C1","recordings":[null,5,{},{"url":"u3"},{"id":"R1"},{"id":"R1","url":"u"}])"
      ) == "C1: u3 -1 -1; #3 u3 -1; R1 - -1"
  );
  CHECK(
      recordings(
          "call.recording.completed", R"("id":"REC1","callId":"C1","url":"u","duration":3,"size":4)"
      ) == "C1: u 3 4; REC1 u 3"
  );
  CHECK(recordings("call.recording.completed", R"("callId":"C1","url":"u")") == "C1: u -1 -1");
  CHECK(recordings("call.completed", R"("id":"C1","recordingUrl":"u")") == "C1: u -1 -1");
  CHECK(
      recordings("call.completed", R"("id":"C1","recordingUrl":null,"recordings":null)") ==
      "C1: - -1 -1"
  );
  CHECK(recordings("call.recording.completed", R"("id":"C1","recordings":[])") == "C1: - -1 -1");
}

TEST_CASE("voicemail: from the call or from its own event, never from an empty value") {
  const auto voicemail = [](std::string_view type, const std::string& members) {
    const activity_facts facts = activity_of(seed_event(type, R"({"id":"C1")" + members + "}"));
    return facts.voicemail.value_or("-") + (facts.has_voicemail ? " yes" : "");
  };
  CHECK(
      voicemail(
          "call.completed", R"(,"voicemail":{"url":"u","type":"audio/mpeg","duration":17})"
      ) == R"({"duration":17,"type":"audio/mpeg","url":"u"} yes)"
  );
  CHECK(voicemail("call.completed", R"(,"voicemail":null)") == "-");
  CHECK(voicemail("call.completed", R"(,"voicemail":{},"hasVoicemail":false)") == "-");
  CHECK(voicemail("call.completed", R"(,"hasVoicemail":true)") == "- yes");
  CHECK(
      voicemail(
          "call.voicemail.completed",
          R"(,"voicemailId":"VM1","transcript":"hi","recordingUrl":"u","duration":2)"
      ) == R"({"duration":2,"id":"VM1","transcript":"hi","url":"u"} yes)"
  );
  CHECK(voicemail("voicemail.received", R"(,"transcript":null,"recordingUrl":null)") == "- yes");
}

TEST_CASE("AI content that is not completed replaces nothing") {
  const auto summary = [](const std::string& members) {
    const activity_facts facts =
        activity_of(seed_event("callSummary", R"({"callId":"C1")" + members + "}"));
    return facts.ai_content_k.value_or("-") + " " + facts.ai_summary.value_or("-");
  };
  CHECK(summary(R"(,"summary":"a")") == "4completed a");
  CHECK(summary(R"(,"status":"completed","summary":["a","","b"])") == "4completed a\nb");
  CHECK(summary(R"(,"processingStatus":"in-progress","summary":["a"])") == "2in-progress -");
  CHECK(
      summary(R"(,"processingStatus":"failed","summary":["a"],"status":"completed")") == "3failed -"
  );
  CHECK(summary(R"(,"processingStatus":"absent")") == "1absent -");
  CHECK(
      summary(R"(,"processingStatus":"completed","summary":null,"nextSteps":null)") ==
      "4completed -"
  );
  CHECK(summary(R"(,"processingStatus":"strange","summary":"a")") == "4completed a");
  CHECK(summary(R"(,"summary":null)") == "- -");
  CHECK(summary(R"(,"summary":{"text":"a"})") == "- -");
  const activity_facts all = activity_of(seed_event(
      "callSummary",
      R"({"callId":"C1","keyPoints":["k",5,""],"nextSteps":"call","sentiment":"good","jobs":[{"b":1,"a":[1.50]}]})"
  ));
  CHECK(all.ai_key_points == R"(["k"])");
  CHECK(all.ai_next_steps == R"(["call"])");
  CHECK(all.ai_sentiment == "good");
  CHECK(all.ai_jobs == R"([{"a":[1.50],"b":1}])");
}

TEST_CASE("a transcript needs a dialogue") {
  const auto transcript = [](const std::string& members) {
    const activity_facts facts =
        activity_of(seed_event("callTranscript", R"({"callId":"C1",)" + members + "}"));
    CHECK(facts.ai_transcript.has_value() == facts.ai_transcript_raw.has_value());
    return facts.ai_transcript.value_or("-");
  };
  CHECK(transcript(R"("transcript":{"dialogue":[],"confidence":0.9})") == "-");
  CHECK(transcript(R"("dialogue":null)") == "-");
  CHECK(transcript(R"("dialogue":[{"content":""},null,5,"x"])") == "-");
  CHECK(
      transcript(
          R"("transcript":{"dialogue":[{"speaker":"Agent","text":"hi","timestamp":"00:00:02"}],"confidence":0.95})"
      ) ==
      R"({"confidence":0.95,"dialogue":[{"speaker":"Agent","text":"hi","timestamp":"00:00:02"}]})"
  );
  CHECK(
      transcript(
          R"("dialogue":[{"content":"hi","start":3661.9,"end":3662,"identifier":"+14155550142","userId":null}])"
      ) ==
      R"({"dialogue":[{"end":3662,"identifier":"+14155550142","speaker":"+14155550142","start":3661.9,"text":"hi","timestamp":"01:01:01"}]})"
  );
  CHECK(
      transcript(R"("dialogue":[{"content":"hi","userId":"US1","start":-1}],"confidence":"high")"
      ) == R"({"dialogue":[{"speaker":"US1","start":-1,"text":"hi","userId":"US1"}]})"
  );
  CHECK(
      transcript(R"("dialogue":[{"content":"hi","start":1e400}])") ==
      R"({"dialogue":[{"text":"hi"}]})"
  );
  CHECK(transcript(R"("status":"in-progress","dialogue":[{"content":"hi"}])") == "-");
}

TEST_CASE("calls: forwarding and the menu's choice") {
  CHECK(
      activity_of(seed_event(
                      "call.forwarded",
                      R"({"id":"C1","forwardedFrom":"4155550100","forwardedTo":null})"
                  ))
          .forwarded == R"({"from":"+14155550100"})"
  );
  CHECK_FALSE(
      activity_of(seed_event("call.completed", R"({"id":"C1","forwardedTo":null})")).forwarded
  );
  CHECK(
      activity_of(
          seed_event(
              "call.menu.selected",
              R"({"id":"C1","phoneMenuSelection":"1","phoneMenuSelectionName":"Sales","statusReason":"phone-menu-dial"})"
          )
      )
          .menu == R"({"name":"Sales","reason":"phone-menu-dial","selection":"1"})"
  );
}
