// SPDX-License-Identifier: Apache-2.0
#include "cli/send/sample_events.hpp"
#include "cli/output.hpp"

#include <array>
#include <ctime>
#include <map>

namespace trunkline::cli {
namespace {

using values = std::map<std::string, std::string>;

// Replaces each <NAME> with its value.
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

std::string iso_time(std::int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.000Z", &parts);
  return text.data();
}

values values_of(const test_ids& ids, std::int64_t now_ms) {
  constexpr std::int64_t minute = 60'000;
  return {
      {"P", ids.prefix},
      {"CONV", ids.conversation()},
      {"CONTACT", ids.contact},
      {"OURS", ids.ours},
      {"OTHER", ids.forwarded_to},
      {"START", iso_time(now_ms - 10 * minute)},
      {"ANSWER", iso_time(now_ms - 9 * minute)},
      {"END", iso_time(now_ms - 4 * minute)}};
}

// A sample with placeholders: <A> is the id of its activity, <P> the prefix of all ids.
struct blueprint {
  const char* event_type;
  const char* object;    // data.object
  const char* activity;  // id of the activity without the prefix
  std::vector<expectation> expected;
};

const expectation contact_known = {"contact", "<CONTACT>"};
const expectation in_conversation = {"conversation", "<CONV>"};

std::vector<blueprint> messages() {
  return {
      {"message.received",
       R"({"id":"<A>","conversationId":"<CONV>","direction":"incoming","from":"<CONTACT>","to":["<OURS>"],)"
       R"("text":"Trunkline test: photos of the porch","media":["https://media.example.com/front.jpg",)"
       R"("https://media.example.com/plan.pdf"],"status":"received","createdAt":"<START>"})",
       "MSG1",
       {{"activity_type", "message"},
        {"direction", "incoming"},
        {"status", "received"},
        {"body", "Trunkline test: photos of the porch"},
        {"number of media_urls", "2"},
        contact_known,
        in_conversation}},
      {"message.sent",
       R"({"id":"<A>","conversationId":"<CONV>","direction":"outgoing","from":"<OURS>","to":["<CONTACT>"],)"
       R"("text":"Trunkline test: Thursday works","media":[],"status":"sent","createdAt":"<ANSWER>"})",
       "MSG2",
       {{"direction", "outgoing"}, {"status", "sent"}, contact_known, in_conversation}},
      {"message.delivered",
       R"({"id":"<A>","conversationId":"<CONV>","direction":"outgoing","from":"<OURS>","to":["<CONTACT>"],)"
       R"("text":"Trunkline test: Thursday works","media":[],"status":"delivered","createdAt":"<ANSWER>"})",
       "MSG2",
       {{"status", "delivered"}, {"body", "Trunkline test: Thursday works"}}},
      {"message.failed",
       R"({"id":"<A>","conversationId":"<CONV>","direction":"outgoing","from":"<OURS>","to":["<CONTACT>"],)"
       R"("text":"Trunkline test: reminder","media":[],"status":"failed","errorCode":"30004",)"
       R"("errorMessage":"Message blocked","failedAt":"<END>","createdAt":"<END>"})",
       "MSG3",
       {{"status", "failed"}, {"error_code", "30004"}, {"error_detail", "Message blocked"}}},
  };
}

blueprint call_completed(const char* activity) {
  return {
      "call.completed",
      R"({"id":"<A>","status":"completed","duration":300,"participants":["<CONTACT>","<OURS>"],)"
      R"("recordingUrl":"https://api.example.com/recordings/<A>","answeredAt":"<ANSWER>",)"
      R"("completedAt":"<END>"})",
      activity,
      {{"activity_type", "call"},
       {"status", "completed"},
       {"duration_seconds", "300"},
       {"recording_url", "https://api.example.com/recordings/<A>"}}};
}

blueprint call_summary(const char* activity) {
  return {
      "call_summary.created",
      R"({"callId":"<A>","summary":"Caller wants a quote for porch windows.",)"
      R"("keyPoints":["20 windows","two storeys"],"nextSteps":["Send price sheet"],)"
      R"("sentiment":"positive"})",
      activity,
      {{"ai_summary", "Caller wants a quote for porch windows."},
       {"ai_key_points", R"(["20 windows", "two storeys"])"},
       {"ai_next_steps", R"(["Send price sheet"])"},
       {"ai_sentiment", "positive"}}};
}

blueprint call_transcript(const char* activity) {
  return {
      "call_transcript.created",
      R"({"callId":"<A>","transcript":{"dialogue":[{"speaker":"Agent",)"
      R"("text":"Hello, how can I help?","timestamp":"00:00:02"},{"speaker":"Customer",)"
      R"("text":"I need a quote.","timestamp":"00:00:06"}],"confidence":0.95}})",
      activity,
      {{"lines of ai_transcript", "2"},
       {"first line of ai_transcript", "Hello, how can I help?"},
       {"confidence of ai_transcript", "0.95"}}};
}

std::vector<blueprint> calls() {
  return {
      {"call.started",
       R"({"id":"<A>","direction":"incoming","from":"<CONTACT>","to":["<OURS>"],)"
       R"("participants":["<CONTACT>","<OURS>"],"status":"ringing","createdAt":"<START>"})",
       "CALL1",
       {{"activity_type", "call"}, {"status", "ringing"}, contact_known}},
      {"call.answered",
       R"({"id":"<A>","participants":["<CONTACT>","<OURS>"],"status":"answered","answeredAt":"<ANSWER>",)"
       R"("answeredBy":"US-TRUNKLINE-TEST"})",
       "CALL1",
       {{"status", "answered"}, {"answered_by", "US-TRUNKLINE-TEST"}}},
      call_completed("CALL1"),
      {"call.recording.completed",
       R"({"id":"<P>REC1","callId":"<A>","url":"https://api.example.com/recordings/<A>",)"
       R"("duration":300,"size":2400000})",
       "CALL1",
       {{"recording_duration_seconds", "300"}, {"recording_size_bytes", "2400000"}}},
      call_summary("CALL1"),
      call_transcript("CALL1"),
      {"call.missed",
       R"({"id":"<A>","participants":["<CONTACT>","<OURS>"],"status":"no-answer","missedAt":"<END>"})",
       "CALL2",
       {{"activity_type", "call"}, {"status", "missed"}}},
      {"call.forwarded",
       R"({"id":"<A>","participants":["<CONTACT>","<OURS>"],"status":"forwarded",)"
       R"("forwardedTo":"<OTHER>","forwardedAt":"<END>"})",
       "CALL3",
       {{"status", "forwarded"}, {"forwarded to", "<OTHER>"}}},
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
       {{"number of media_urls", "4"},
        {"media_urls",
         R"(["https://media.example.com/1.jpg", "https://media.example.com/2.png", )"
         R"("https://media.example.com/3.pdf", "https://media.example.com/4.mp4"])"}}}};
}

std::vector<blueprint> ai() {
  return {call_completed("AICALL"), call_summary("AICALL"), call_transcript("AICALL")};
}

}  // namespace

bool is_sample_set(const std::string& name) {
  return name == "all" || name == "media" || name == "ai" || name == "full";
}

std::vector<sample> make_samples(const std::string& set, const test_ids& ids, std::int64_t now_ms) {
  std::vector<blueprint> blueprints;
  const auto append = [&blueprints](const std::vector<blueprint>& more) {
    blueprints.insert(blueprints.end(), more.begin(), more.end());
  };
  const bool full = set == "full";
  if (full || set == "all") append(messages());
  if (full || set == "all") append(calls());
  if (full || set == "media") append(media());
  if (full || set == "ai") append(ai());

  values known = values_of(ids, now_ms);
  std::vector<sample> made;
  for (const blueprint& each : blueprints) {
    known["A"] = ids.prefix + each.activity;
    sample one{each.event_type, "", known["A"], each.expected};
    one.body = fill(
        R"({"type":")" + one.event_type + R"(","data":{"object":)" + each.object + "}}", known
    );
    for (expectation& expected : one.expected) expected.value = fill(expected.value, known);
    made.push_back(std::move(one));
  }
  return made;
}

}  // namespace trunkline::cli
