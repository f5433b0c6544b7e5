// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "admin/import/old_fields.hpp"
#include "admin/import/old_rows.hpp"
#include "parse/normalise.hpp"
#include "parse/status.hpp"

namespace trunkline::admin {
namespace {

using parse::json_builder;

// What of a row does not fit into a body: it is put right in the facts.
struct reading {
  std::vector<std::string> bodies;
  bool knows_sides = false;   // else: nobody is named by position
  bool knows_status = false;  // else: the kind of event must not stand in for it
  std::string problem;
};

std::string direction_of(const old_fields& row) {
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

void add_people(
    json_builder& out, const old_fields& row, const std::optional<std::string>& thread,
    const std::optional<std::string>& contact
) {
  if (thread) out.add("conversationId", *thread);
  row.copy_text(out, "from", "from_number");
  row.copy_json(out, "to", "to_numbers");
  if (!row.has("from_number") && !row.has("to_numbers") && contact) {
    json_builder alone('[');
    alone.add(*contact);
    out.add_raw("participants", alone.finish());
  }
  row.copy_text(out, "phoneNumberId", "phone_number_id");
  row.copy_text(out, "userId", "user_id");
  row.copy_time(out, "createdAt", "created_at");
}

void add_message(json_builder& out, const old_fields& row) {
  row.copy_text(out, "text", "body");
  row.copy_json(out, "media", "media_urls");
}

void add_voicemail(json_builder& out, const old_fields& row, bool is_one) {
  json_builder box('{');
  if (is_one) row.copy_text(box, "transcript", "body");
  const bool own_url = row.has("voicemail_url");
  if (own_url || is_one) row.copy_text(box, "url", own_url ? "voicemail_url" : "recording_url");
  if (const auto found = box.finish_unless_empty()) out.add_raw("voicemail", *found);
}

void add_call(json_builder& out, const old_fields& row, bool is_voicemail) {
  row.copy_time(out, "answeredAt", "answered_at");
  row.copy_text(out, "answeredBy", "answered_by");
  row.copy_time(out, "completedAt", "completed_at");
  row.copy_text(out, "forwardedFrom", "forwarded_from");
  row.copy_text(out, "forwardedTo", "forwarded_to");
  row.copy_text(out, "initiatedBy", "initiated_by");
  add_voicemail(out, row, is_voicemail);
  if (is_voicemail) return;
  row.copy_text(out, "recordingUrl", "recording_url");
  // A recording's event wrote its own duration over the call's.
  const bool overwritten = row.has("recording_url");
  if (!overwritten || !row.has("answered_at") || !row.has("completed_at"))
    row.copy_json(out, "duration", "duration_seconds");
}

// Summary and transcript came as events of their own.
void add_ai_content(const old_fields& row, const std::string& id, reading& out) {
  json_builder summary('{');
  summary.add("callId", id);
  row.copy_json(summary, "nextSteps", "ai_next_steps");
  row.copy_text(summary, "summary", "ai_summary");
  const bool content = row.has("ai_summary") || row.has("ai_next_steps");
  if (!content) row.copy_text(summary, "processingStatus", "ai_content_status");
  if (content || row.has("ai_content_status"))
    out.bodies.push_back(event_body("call.summary.completed", summary.finish()));
  const auto said = row.json("ai_transcript");
  if (!said) return;
  json_builder transcript('{');
  transcript.add("callId", id);
  if (said->front() == '"') {  // one text, without turns
    json_builder turn('{'), turns('[');
    turn.add_raw("text", *said);
    turns.add_raw(turn.finish());
    transcript.add_raw("dialogue", turns.finish());
  } else {
    transcript.add_raw(said->front() == '[' ? "dialogue" : "transcript", *said);
  }
  out.bodies.push_back(event_body("call.transcript.completed", transcript.finish()));
}

// The bodies are read after the row's document is gone: a thread has one at a time.
reading read(
    std::string_view text, const std::optional<std::string>& thread,
    const std::optional<std::string>& contact
) {
  reading out;
  const old_fields row(text);
  out.problem = row.problem();
  const auto type = row.text("activity_type"), id = row.text("openphone_id");
  const bool call = type == "call" || type == "voicemail";
  if (out.problem.empty() && !call && type != "message")
    out.problem = type.empty() ? "no activity_type" : "neither message nor call";
  if (out.problem.empty() && id.empty()) out.problem = "no openphone_id";
  if (out.problem.empty()) out.problem = row.check_time("created_at");
  if (out.problem.empty() && call) out.problem = row.check_time("answered_at");
  if (out.problem.empty() && call) out.problem = row.check_time("completed_at");
  if (!out.problem.empty()) return out;

  const auto direction = direction_of(row), status = row.text("status");
  json_builder object('{');
  object.add("id", id);
  if (!direction.empty()) object.add("direction", direction);
  if (!status.empty()) object.add("status", status);
  add_people(object, row, thread, contact);
  if (call)
    add_call(object, row, type == "voicemail");
  else
    add_message(object, row);
  const auto told_by = call ? "call.completed" : message_type(direction, status);
  out.bodies.push_back(event_body(told_by, object.finish()));
  if (call) add_ai_content(row, id, out);
  out.knows_sides = !direction.empty();
  out.knows_status = is_known_status(status) && type != "voicemail";
  return out;
}

// The old service took a missing direction for outgoing, so that a line of ours looks like the
// contact.
bool is_turned_round(const parse::activity_facts& facts, const phone_lines& ours) {
  if (!facts.contact_hint || !ours.contains(*facts.contact_hint)) return false;
  const auto ours_too = [&](const std::string& phone) {
    return phone == *facts.contact_hint || ours.contains(phone);
  };
  return !std::ranges::all_of(facts.parties, ours_too);
}

void put_right(parse::event& event, const reading& row, const phone_lines& ours) {
  auto& facts = *event.activity;
  facts.stamp.reset();
  // A direction that is wrong would make a stranger's number ours, for ever. Our lines are learnt
  // from events, settings and the old list of lines.
  event.own_number_evidence.clear();
  if (!row.knows_sides || is_turned_round(facts, ours)) {
    facts.direction_k.reset();
    facts.contact_hint.reset();
    event.explicit_contacts.clear();
  }
  if (!row.knows_status) {
    facts.status_r.reset();
    facts.status_level.reset();
    facts.status_rank.reset();
    facts.unanswered.reset();
  }
}

}  // namespace

told_row tell_activity(
    std::string_view row, const std::optional<std::string>& thread,
    const std::optional<std::string>& contact, const phone_lines& ours
) {
  const auto what = read(row, thread, contact);
  told_row out{{}, what.problem};
  for (const auto& body : what.bodies) {
    auto event = parse::normalise(body);
    if (event.what != parse::verdict::apply || !event.activity)
      return {{}, event.reason.empty() ? "not an activity" : event.reason};
    put_right(event, what, ours);
    out.events.push_back(std::move(event));
  }
  return out;
}

}  // namespace trunkline::admin
