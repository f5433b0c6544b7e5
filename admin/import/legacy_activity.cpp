// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "admin/import/legacy_fields.hpp"
#include "admin/import/legacy_rows.hpp"
#include "parse/normalise.hpp"
#include "parse/status.hpp"

namespace trunkline::admin {
namespace {

using parse::json_builder;

// Bodies made from a row, and what they cannot express; correct() applies that to the facts.
struct activity_bodies {
  std::vector<std::string> bodies;
  // The direction is stated; otherwise from and to do not identify the contact.
  bool has_direction = false;
  // The status is stated; otherwise the event type must not imply one.
  bool has_status = false;
  std::string error;
};

std::string direction_of(const legacy_fields& row) {
  const auto stated = row.text("direction");
  if (stated == "incoming" || stated == "inbound") return "incoming";
  if (stated == "outgoing" || stated == "outbound") return "outgoing";
  return {};
}

std::string_view message_type(std::string_view direction, std::string_view status) {
  if (direction != "outgoing") return "message.received";
  if (status == "delivered") return "message.delivered";
  if (status == "failed") return "message.failed";
  return status == "undelivered" ? "message.undelivered" : "message.sent";
}

bool is_known_status(std::string_view status) {
  return status == "no-answer" || status == "unanswered" ||
         parse::order_of_status(status).level > 0;
}

void add_participants(
    json_builder& out, const legacy_fields& row, const std::optional<std::string>& conversation,
    const std::optional<std::string>& contact
) {
  if (conversation) out.add("conversationId", *conversation);
  row.copy_text(out, "from", "from_number");
  row.copy_json(out, "to", "to_numbers");
  if (!row.has("from_number") && !row.has("to_numbers") && contact) {
    json_builder participants('[');
    participants.add(*contact);
    out.add_raw("participants", participants.finish());
  }
  row.copy_text(out, "phoneNumberId", "phone_number_id");
  row.copy_text(out, "userId", "user_id");
  row.copy_time(out, "createdAt", "created_at");
}

void add_message(json_builder& out, const legacy_fields& row) {
  row.copy_text(out, "text", "body");
  row.copy_json(out, "media", "media_urls");
}

void add_voicemail(json_builder& out, const legacy_fields& row, bool is_one) {
  json_builder box('{');
  if (is_one) row.copy_text(box, "transcript", "body");
  const bool own_url = row.has("voicemail_url");
  if (own_url || is_one) row.copy_text(box, "url", own_url ? "voicemail_url" : "recording_url");
  if (const auto found = box.finish_unless_empty()) out.add_raw("voicemail", *found);
}

void add_call(json_builder& out, const legacy_fields& row, bool is_voicemail) {
  row.copy_time(out, "answeredAt", "answered_at");
  row.copy_text(out, "answeredBy", "answered_by");
  row.copy_time(out, "completedAt", "completed_at");
  row.copy_text(out, "forwardedFrom", "forwarded_from");
  row.copy_text(out, "forwardedTo", "forwarded_to");
  row.copy_text(out, "initiatedBy", "initiated_by");
  add_voicemail(out, row, is_voicemail);
  if (is_voicemail) return;
  row.copy_text(out, "recordingUrl", "recording_url");
  // The event of a recording replaced the duration of the call with its own.
  const bool overwritten = row.has("recording_url");
  if (!overwritten || !row.has("answered_at") || !row.has("completed_at"))
    row.copy_json(out, "duration", "duration_seconds");
}

// The provider sends summary and transcript as separate events.
void add_ai_content(const legacy_fields& row, const std::string& id, activity_bodies& out) {
  json_builder summary('{');
  summary.add("callId", id);
  row.copy_json(summary, "nextSteps", "ai_next_steps");
  row.copy_text(summary, "summary", "ai_summary");
  const bool content = row.has("ai_summary") || row.has("ai_next_steps");
  if (!content) row.copy_text(summary, "processingStatus", "ai_content_status");
  if (content || row.has("ai_content_status"))
    out.bodies.push_back(event_body("call.summary.completed", summary.finish()));
  const auto transcribed = row.json("ai_transcript");
  if (!transcribed) return;
  json_builder transcript('{');
  transcript.add("callId", id);
  if (transcribed->front() == '"') {  // one text, not a list of dialogue entries
    json_builder entry('{'), dialogue('[');
    entry.add_raw("text", *transcribed);
    dialogue.add_raw(entry.finish());
    transcript.add_raw("dialogue", dialogue.finish());
  } else {
    transcript.add_raw(transcribed->front() == '[' ? "dialogue" : "transcript", *transcribed);
  }
  out.bodies.push_back(event_body("call.transcript.completed", transcript.finish()));
}

// The bodies are parsed after the document of the row is destroyed: a thread can have only one.
activity_bodies read(
    std::string_view text, const std::optional<std::string>& conversation,
    const std::optional<std::string>& contact
) {
  activity_bodies out;
  const legacy_fields row(text);
  out.error = row.error();
  const auto type = row.text("activity_type"), id = row.text("openphone_id");
  const bool call = type == "call" || type == "voicemail";
  if (out.error.empty() && !call && type != "message")
    out.error = type.empty() ? "no activity_type" : "neither message nor call";
  if (out.error.empty() && id.empty()) out.error = "no openphone_id";
  if (out.error.empty()) out.error = row.check_time("created_at");
  if (out.error.empty() && call) out.error = row.check_time("answered_at");
  if (out.error.empty() && call) out.error = row.check_time("completed_at");
  if (!out.error.empty()) return out;

  const auto direction = direction_of(row), status = row.text("status");
  json_builder object('{');
  object.add("id", id);
  if (!direction.empty()) object.add("direction", direction);
  if (!status.empty()) object.add("status", status);
  add_participants(object, row, conversation, contact);
  if (call)
    add_call(object, row, type == "voicemail");
  else
    add_message(object, row);
  const auto event_type = call ? "call.completed" : message_type(direction, status);
  out.bodies.push_back(event_body(event_type, object.finish()));
  if (call) add_ai_content(row, id, out);
  out.has_direction = !direction.empty();
  out.has_status = is_known_status(status) && type != "voicemail";
  return out;
}

// The old service stored a missing direction as outgoing, which makes an own number the contact.
bool is_reversed(const parse::activity_facts& facts, const own_numbers& known) {
  if (!facts.contact_hint || !known.contains(*facts.contact_hint)) return false;
  const auto is_own = [&](const std::string& phone) {
    return phone == *facts.contact_hint || known.contains(phone);
  };
  return !std::ranges::all_of(facts.parties, is_own);
}

void correct(parse::event& event, const activity_bodies& row, const own_numbers& known) {
  auto& facts = *event.activity;
  facts.stamp.reset();
  // A wrong direction would permanently make the contact's number an own number. Own numbers are
  // learnt from events, settings and the old table phone_number.
  event.own_number_evidence.clear();
  if (!row.has_direction || is_reversed(facts, known)) {
    facts.direction_k.reset();
    facts.contact_hint.reset();
    event.explicit_contacts.clear();
  }
  if (!row.has_status) {
    facts.status_r.reset();
    facts.status_level.reset();
    facts.status_rank.reset();
    facts.unanswered.reset();
  }
}

}  // namespace

converted_row convert_activity(
    std::string_view row, const std::optional<std::string>& conversation,
    const std::optional<std::string>& contact, const own_numbers& known
) {
  const auto what = read(row, conversation, contact);
  converted_row out{{}, what.error};
  for (const auto& body : what.bodies) {
    auto event = parse::normalise(body);
    if (event.what != parse::verdict::apply || !event.activity)
      return {{}, event.reason.empty() ? "not an activity" : event.reason};
    correct(event, what, known);
    out.events.push_back(std::move(event));
  }
  return out;
}

}  // namespace trunkline::admin
