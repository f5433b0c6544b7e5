// SPDX-License-Identifier: Apache-2.0
#include "cli/send/sample_events.hpp"
#include "cli/output.hpp"

#include <array>
#include <ctime>
#include <map>

namespace trunkline::cli {
namespace {

using values = std::map<std::string, std::string>;

// Replaces <NAME> by its value.
std::string fill(std::string_view text, const values& known) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('<');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('>', open);
    out += known.at(std::string(text.substr(open + 1, close - open - 1)));
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string iso_time(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.000Z", &parts);
  return text.data();
}

values values_of(const run_names& names, std::int64_t now_ms) {
  constexpr std::int64_t minute = 60'000;
  return {
      {"P", names.prefix},
      {"CONV", names.conversation()},
      {"CONTACT", names.contact},
      {"OURS", names.ours},
      {"OTHER", names.forwarded_to},
      {"START", iso_time(now_ms - 10 * minute)},
      {"ANSWER", iso_time(now_ms - 9 * minute)},
      {"END", iso_time(now_ms - 4 * minute)}};
}

// A sample as written below: placeholders in all texts.
struct blueprint {
  const char* event_type;
  const char* object;    // data.object; <A> is the id of its activity, <P> the start of all ids
  const char* activity;  // that id without <P>
  std::vector<expectation> expected;
};

const expectation contact_known = {
    "contact", "(select c.phone from contacts c where c.id = contact_id)", "<CONTACT>"};
const expectation in_conversation = {
    "conversation", "(select c.openphone_id from conversations c where c.id = conversation_id)",
    "<CONV>"};

std::vector<blueprint> messages() {
  return {
      {"message.received",
       R"({"id":"<A>","conversationId":"<CONV>","direction":"incoming","from":"<CONTACT>","to":["<OURS>"],)"
       R"("text":"Trunkline test: photos of the porch","media":["https://media.example.com/front.jpg",)"
       R"("https://media.example.com/plan.pdf"],"status":"received","createdAt":"<START>"})",
       "MSG1",
       {{"activity_type", "activity_type", "message"},
        {"direction", "direction", "incoming"},
        {"status", "status", "received"},
        {"body", "body", "Trunkline test: photos of the porch"},
        {"media_urls", "jsonb_array_length(media_urls)", "2"},
        contact_known,
        in_conversation}},
      {"message.sent",
       R"({"id":"<A>","conversationId":"<CONV>","direction":"outgoing","from":"<OURS>","to":["<CONTACT>"],)"
       R"("text":"Trunkline test: Thursday works","media":[],"status":"sent","createdAt":"<ANSWER>"})",
       "MSG2",
       {{"direction", "direction", "outgoing"},
        {"status", "status", "sent"},
        contact_known,
        in_conversation}},
      {"message.delivered",
       R"({"id":"<A>","conversationId":"<CONV>","direction":"outgoing","from":"<OURS>","to":["<CONTACT>"],)"
       R"("text":"Trunkline test: Thursday works","media":[],"status":"delivered","createdAt":"<ANSWER>"})",
       "MSG2",
       {{"status", "status", "delivered"}, {"body", "body", "Trunkline test: Thursday works"}}},
      {"message.failed",
       R"({"id":"<A>","conversationId":"<CONV>","direction":"outgoing","from":"<OURS>","to":["<CONTACT>"],)"
       R"("text":"Trunkline test: reminder","media":[],"status":"failed","errorCode":"30004",)"
       R"("errorMessage":"Message blocked","failedAt":"<END>","createdAt":"<END>"})",
       "MSG3",
       {{"status", "status", "failed"},
        {"error_code", "error_code", "30004"},
        {"error_detail", "error_detail", "Message blocked"}}},
  };
}

blueprint call_completed(const char* activity) {
  return {
      "call.completed",
      R"({"id":"<A>","status":"completed","duration":300,"participants":["<CONTACT>","<OURS>"],)"
      R"("recordingUrl":"https://api.example.com/recordings/<A>","answeredAt":"<ANSWER>",)"
      R"("completedAt":"<END>"})",
      activity,
      {{"activity_type", "activity_type", "call"},
       {"status", "status", "completed"},
       {"duration_seconds", "duration_seconds", "300"},
       {"recording_url", "recording_url", "https://api.example.com/recordings/<A>"}}};
}

blueprint call_summary(const char* activity) {
  return {
      "call_summary.created",
      R"({"callId":"<A>","summary":"Caller wants a quote for porch windows.",)"
      R"("keyPoints":["20 windows","two storeys"],"nextSteps":["Send price sheet"],)"
      R"("sentiment":"positive"})",
      activity,
      {{"ai_summary", "ai_summary", "Caller wants a quote for porch windows."},
       {"ai_key_points", "ai_key_points", R"(["20 windows", "two storeys"])"},
       {"ai_next_steps", "ai_next_steps", R"(["Send price sheet"])"},
       {"ai_sentiment", "ai_sentiment", "positive"}}};
}

blueprint call_transcript(const char* activity) {
  return {
      "call_transcript.created",
      R"({"callId":"<A>","transcript":{"dialogue":[{"speaker":"Agent",)"
      R"("text":"Hello, how can I help?","timestamp":"00:00:02"},{"speaker":"Customer",)"
      R"("text":"I need a quote.","timestamp":"00:00:06"}],"confidence":0.95}})",
      activity,
      {{"lines of ai_transcript", "jsonb_array_length(ai_transcript -> 'dialogue')", "2"},
       {"first line", "ai_transcript #>> '{dialogue,0,text}'", "Hello, how can I help?"},
       {"confidence", "(ai_transcript ->> 'confidence')::numeric = 0.95", "true"}}};
}

std::vector<blueprint> calls() {
  return {
      {"call.started",
       R"({"id":"<A>","direction":"incoming","from":"<CONTACT>","to":["<OURS>"],)"
       R"("participants":["<CONTACT>","<OURS>"],"status":"ringing","createdAt":"<START>"})",
       "CALL1",
       {{"activity_type", "activity_type", "call"},
        {"status", "status", "ringing"},
        contact_known}},
      {"call.answered",
       R"({"id":"<A>","participants":["<CONTACT>","<OURS>"],"status":"answered","answeredAt":"<ANSWER>",)"
       R"("answeredBy":"US-TRUNKLINE-TEST"})",
       "CALL1",
       {{"status", "status", "answered"}, {"answered_by", "answered_by", "US-TRUNKLINE-TEST"}}},
      call_completed("CALL1"),
      {"call.recording.completed",
       R"({"id":"<P>REC1","callId":"<A>","url":"https://api.example.com/recordings/<A>",)"
       R"("duration":300,"size":2400000})",
       "CALL1",
       {{"recording_duration_seconds", "recording_duration_seconds", "300"},
        {"recording_size_bytes", "recording_size_bytes", "2400000"}}},
      call_summary("CALL1"),
      call_transcript("CALL1"),
      {"call.missed",
       R"({"id":"<A>","participants":["<CONTACT>","<OURS>"],"status":"no-answer","missedAt":"<END>"})",
       "CALL2",
       {{"activity_type", "activity_type", "call"}, {"status", "status", "missed"}}},
      {"call.forwarded",
       R"({"id":"<A>","participants":["<CONTACT>","<OURS>"],"status":"forwarded",)"
       R"("forwardedTo":"<OTHER>","forwardedAt":"<END>"})",
       "CALL3",
       {{"status", "status", "forwarded"}, {"forwarded", "forwarded ->> 'to'", "<OTHER>"}}},
  };
}

std::vector<blueprint> media() {
  return {
      {"message.received",
       R"({"id":"<A>","conversationId":"<CONV>","direction":"incoming","from":"<CONTACT>","to":["<OURS>"],)"
       R"("text":"Trunkline test: four files","media":["https://media.example.com/1.jpg",)"
       R"("https://media.example.com/2.png","https://media.example.com/3.pdf",)"
       R"("https://media.example.com/4.mp4"],"status":"received","createdAt":"<START>"})",
       "MEDIA",
       {{"number of media_urls", "jsonb_array_length(media_urls)", "4"},
        {"media_urls", "media_urls",
         R"(["https://media.example.com/1.jpg", "https://media.example.com/2.png", )"
         R"("https://media.example.com/3.pdf", "https://media.example.com/4.mp4"])"}}}};
}

std::vector<blueprint> ai() {
  return {call_completed("AICALL"), call_summary("AICALL"), call_transcript("AICALL")};
}

}  // namespace

bool is_sample_word(const std::string& word) {
  return word == "all" || word == "media" || word == "ai" || word == "full";
}

std::vector<sample> make_samples(
    const std::string& word, const run_names& names, std::int64_t now_ms
) {
  std::vector<blueprint> plan;
  const auto append = [&plan](const std::vector<blueprint>& more) {
    plan.insert(plan.end(), more.begin(), more.end());
  };
  const bool full = word == "full";
  if (full || word == "all") append(messages());
  if (full || word == "all") append(calls());
  if (full || word == "media") append(media());
  if (full || word == "ai") append(ai());

  values known = values_of(names, now_ms);
  std::vector<sample> made;
  for (const blueprint& each : plan) {
    known["A"] = names.prefix + each.activity;
    sample one{each.event_type, "", known["A"], each.expected};
    one.body = fill(
        R"({"type":")" + one.event_type + R"(","data":{"object":)" + each.object + "}}", known
    );
    for (expectation& wanted : one.expected) wanted.value = fill(wanted.value, known);
    made.push_back(std::move(one));
  }
  return made;
}

}  // namespace trunkline::cli
