// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <map>

#include "facts_text.hpp"
#include "parse/kinds.hpp"

using namespace trunkline::parse;

namespace {

const std::map<std::string, std::string> names = {
    {"message.received", "message.received"},
    {"message.created", "message.received"},
    {"message.sent", "message.sent"},
    {"message.delivered", "message.delivered"},
    {"message.updated", "message.delivered"},
    {"message.failed", "message.failed"},
    {"message.undelivered", "message.undelivered"},
    {"call.ringing", "call.ringing"},
    {"call.started", "call.ringing"},
    {"call.answered", "call.answered"},
    {"call.completed", "call.completed"},
    {"call.ended", "call.completed"},
    {"call.failed", "call.completed"},
    {"call.missed", "call.missed"},
    {"call.forwarded", "call.forwarded"},
    {"call.menu.selected", "call.menu.selected"},
    {"call.recording.completed", "call.recording.completed"},
    {"call.summary.completed", "call.summary.completed"},
    {"call_summary.created", "call.summary.completed"},
    {"call_summary.updated", "call.summary.completed"},
    {"callSummary", "call.summary.completed"},
    {"summary.ready", "call.summary.completed"},
    {"call.transcript.completed", "call.transcript.completed"},
    {"call_transcript.created", "call.transcript.completed"},
    {"call_transcript.updated", "call.transcript.completed"},
    {"callTranscript", "call.transcript.completed"},
    {"transcript.ready", "call.transcript.completed"},
    {"call.voicemail.completed", "call.voicemail.completed"},
    {"voicemail.received", "call.voicemail.completed"},
    {"contact.updated", "contact.updated"},
    {"contact.created", "contact.updated"},
    {"contact.deleted", "contact.deleted"},
    {"task.created", "task"},
    {"task.updated", "task"},
    {"task.deleted", "task"},
    {"task.completed", "task"},
    {"task.reopened", "task"},
    {"task.assigned", "task"},
    {"task.unassigned", "task"},
    {"task.overdue", "task"},
    {"task.linked", "task"},
    {"task.unlinked", "task"},
    {"task.duedate.updated", "task"},
    {"task.duedate.removed", "task"},
    {"task.due_date_changed", "task"},
    {"task.due_date_removed", "task"},
    {"integration.created", "integration"},
    {"integration.updated", "integration"},
    {"integration.deleted", "integration"},
    {"token.validated", "token.validated"},
    {"test", "token.validated"},
};

}  // namespace

TEST_CASE("every known name has its kind") {
  for (const auto& [type, canonical] : names) {
    INFO(type);
    CHECK(canonical_name(kind_of(type)) == canonical);
  }
}

TEST_CASE("names are compared exactly") {
  for (const std::string type :
       {"", "Message.received", "message.received ", " message.received", "message.received.v2",
        "message.receive", "call.completed.recording", "call_completed", "callsummary", "TEST",
        "task.", "task", "integration", "unknown", "billing.invoice.paid"}) {
    INFO("[" << type << "]");
    CHECK(kind_of(type) == kind::unknown);
  }
}

TEST_CASE("a recording is no completed call") {
  CHECK(kind_of("call.recording.completed") == kind::call_recording);
  CHECK(kind_of("call.completed") == kind::call_completed);
}

TEST_CASE("unknown types, tasks and integrations are ignored, whatever they contain") {
  for (const std::string body :
       {R"({"type":"billing.invoice.paid","data":{"object":{"id":"IN1"}}})",
        R"({"type":"task.created","data":{"resource":{"id":"TK1"}}})",
        R"({"type":"integration.created"})", R"({"type":"token.validated","data":{"message":"x"}})",
        R"({"type":"test","data":{}})", R"({"type":"message.exploded","data":null})",
        R"({"type":"x","data":[1]})"}) {
    const event what = normalise(body);
    INFO(body);
    CHECK(what.what == verdict::ignore);
    CHECK(what.reason == "");
    CHECK(what.json_text);
    CHECK_FALSE(what.activity);
    CHECK_FALSE(what.card);
  }
}

TEST_CASE("kinds have a life cycle, or are ignored") {
  CHECK(is_life_cycle(kind::message_undelivered));
  CHECK(is_life_cycle(kind::call_menu_selected));
  CHECK_FALSE(is_life_cycle(kind::call_recording));
  CHECK_FALSE(is_life_cycle(kind::call_summary));
  CHECK_FALSE(is_life_cycle(kind::call_transcript));
  CHECK_FALSE(is_life_cycle(kind::call_voicemail));
  CHECK(is_message(kind::message_undelivered));
  CHECK_FALSE(is_message(kind::call_ringing));
  CHECK(is_ignored(kind::unknown));
  CHECK_FALSE(is_ignored(kind::contact_deleted));
}

TEST_CASE("a canonical name has all its spellings, any other text has none") {
  std::size_t spelled = 0;
  for (const auto& name : canonical_names()) {
    for (const auto& spelling : spellings_of(name)) {
      CHECK(canonical_name(kind_of(spelling)) == name);
      ++spelled;
    }
    CHECK_FALSE(spellings_of(name).empty());
  }
  CHECK(spelled >= names.size());
  CHECK(spellings_of("call.ringing") == std::vector<std::string>{"call.ringing", "call.started"});
  for (const auto* other : {"call.started", "unknown", "acme.new", ""})
    CHECK(spellings_of(other).empty());
}
