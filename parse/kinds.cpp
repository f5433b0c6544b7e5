// SPDX-License-Identifier: Apache-2.0
#include "parse/kinds.hpp"

#include <algorithm>
#include <array>

namespace trunkline::parse {
namespace {

struct alias {
  std::string_view type;
  kind what;
};

// All names in use: those of the app, of each generation of the API and of third-party code. Names
// are compared exactly, because a prefix match mistakes call.recording.completed for
// call.completed.
constexpr alias aliases[] = {
    {"message.received", kind::message_received},
    {"message.created", kind::message_received},
    {"message.sent", kind::message_sent},
    {"message.delivered", kind::message_delivered},
    {"message.updated", kind::message_delivered},
    {"message.failed", kind::message_failed},
    {"message.undelivered", kind::message_undelivered},
    {"call.ringing", kind::call_ringing},
    {"call.started", kind::call_ringing},
    {"call.answered", kind::call_answered},
    {"call.completed", kind::call_completed},
    {"call.ended", kind::call_completed},
    {"call.failed", kind::call_completed},
    {"call.missed", kind::call_missed},
    {"call.forwarded", kind::call_forwarded},
    {"call.menu.selected", kind::call_menu_selected},
    {"call.recording.completed", kind::call_recording},
    {"call.summary.completed", kind::call_summary},
    {"call_summary.created", kind::call_summary},
    {"call_summary.updated", kind::call_summary},
    {"callSummary", kind::call_summary},
    {"summary.ready", kind::call_summary},
    {"call.transcript.completed", kind::call_transcript},
    {"call_transcript.created", kind::call_transcript},
    {"call_transcript.updated", kind::call_transcript},
    {"callTranscript", kind::call_transcript},
    {"transcript.ready", kind::call_transcript},
    {"call.voicemail.completed", kind::call_voicemail},
    {"voicemail.received", kind::call_voicemail},
    {"contact.updated", kind::contact_updated},
    {"contact.created", kind::contact_updated},
    {"contact.deleted", kind::contact_deleted},
    {"task.created", kind::task},
    {"task.updated", kind::task},
    {"task.deleted", kind::task},
    {"task.completed", kind::task},
    {"task.reopened", kind::task},
    {"task.assigned", kind::task},
    {"task.unassigned", kind::task},
    {"task.overdue", kind::task},
    {"task.linked", kind::task},
    {"task.unlinked", kind::task},
    {"task.duedate.updated", kind::task},
    {"task.duedate.removed", kind::task},
    {"task.due_date_changed", kind::task},
    {"task.due_date_removed", kind::task},
    {"integration.created", kind::integration},
    {"integration.updated", kind::integration},
    {"integration.deleted", kind::integration},
    {"token.validated", kind::token_validated},
    {"test", kind::token_validated},
};

struct traits {
  std::string_view name;
  std::string_view own_time;
  std::string_view own_status;
  std::string_view direction;
};

// In the order of enum kind.
constexpr traits table[] = {
    {"message.received", "", "received", "incoming"},
    {"message.sent", "", "sent", "outgoing"},
    {"message.delivered", "deliveredAt", "delivered", "outgoing"},
    {"message.failed", "failedAt", "failed", "outgoing"},
    {"message.undelivered", "failedAt", "undelivered", "outgoing"},
    {"call.ringing", "", "ringing", ""},
    {"call.answered", "answeredAt", "answered", ""},
    {"call.completed", "completedAt", "completed", ""},
    {"call.missed", "missedAt", "missed", "incoming"},
    {"call.forwarded", "forwardedAt", "forwarded", "incoming"},
    {"call.menu.selected", "", "", "incoming"},
    {"call.recording.completed", "", "", ""},
    {"call.summary.completed", "", "", ""},
    {"call.transcript.completed", "", "", ""},
    {"call.voicemail.completed", "", "", "incoming"},
    {"contact.updated", "", "", ""},
    {"contact.deleted", "", "", ""},
    {"task", "", "", ""},
    {"integration", "", "", ""},
    {"token.validated", "", "", ""},
    {"unknown", "", "", ""},
};
static_assert(std::size(table) == static_cast<std::size_t>(kind::unknown) + 1);

const traits& of(kind what) {
  return table[static_cast<std::size_t>(what)];
}

}  // namespace

kind kind_of(std::string_view type) {
  const auto* found = std::find_if(std::begin(aliases), std::end(aliases), [&](const alias& known) {
    return known.type == type;
  });
  return found == std::end(aliases) ? kind::unknown : found->what;
}

std::string_view canonical_name(kind what) {
  return of(what).name;
}
std::string_view own_time(kind what) {
  return of(what).own_time;
}
std::string_view own_status(kind what) {
  return of(what).own_status;
}
std::string_view inferred_direction(kind what) {
  return of(what).direction;
}

std::vector<std::string> canonical_names() {
  std::vector<std::string> out;
  for (const auto& each : table)
    if (&each != &of(kind::unknown)) out.emplace_back(each.name);
  return out;
}

std::vector<std::string> spellings_of(std::string_view canonical) {
  std::vector<std::string> out;
  for (const auto& each : aliases)
    if (of(each.what).name == canonical) out.emplace_back(each.type);
  return out;
}

bool is_ignored(kind what) {
  return what >= kind::task;
}
bool is_message(kind what) {
  return what <= kind::message_undelivered;
}
bool is_life_cycle(kind what) {
  return what <= kind::call_menu_selected;
}
bool is_contact(kind what) {
  return what == kind::contact_updated || what == kind::contact_deleted;
}
bool is_ai_content(kind what) {
  return what == kind::call_summary || what == kind::call_transcript;
}

}  // namespace trunkline::parse
