// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The facts of an event: what it states, in one form for all generations of the API. docs/events.md
// states how each fact is found, docs/merge.md how facts become rows. A value that is absent or
// empty yields no fact: an optional without value, an empty vector. All text is valid UTF-8 without
// NUL.
namespace trunkline::parse {

// Microseconds since 1970 UTC, within 2000-01-01..2100-01-01.
using timestamp = std::int64_t;
using optional_time = std::optional<timestamp>;

// In the order of the table in kinds.cpp.
enum class kind {
  message_received,
  message_sent,
  message_delivered,
  message_failed,
  message_undelivered,
  call_ringing,
  call_answered,
  call_completed,
  call_missed,
  call_forwarded,
  call_menu_selected,
  call_recording,
  call_summary,
  call_transcript,
  call_voicemail,
  contact_updated,
  contact_deleted,
  task,
  integration,
  token_validated,
  unknown,
};

// The facts for one row of activities, grouped by their joins (docs/merge.md, "Registers").
struct activity_facts {
  std::string openphone_id;

  // Greatest.
  // "message" or "call".
  std::optional<std::string> activity_type;
  // "2incoming" if stated, "1incoming" if inferred from the kind; the same with "outgoing".
  std::optional<std::string> direction_k;
  // E.164 where possible, else as sent ("72645", "anonymous").
  std::optional<std::string> from_number;
  std::vector<std::string> to_numbers;
  std::optional<std::string> user_id, line_id, answered_by, initiated_by;
  // E.164. Only events that say which side is which have one.
  std::optional<std::string> contact_hint;
  optional_time answered_at, completed_at;
  // Seconds, 0..2^31-1.
  std::optional<int> duration_r;
  // Life-cycle events of messages and calls only.
  optional_time active_at;
  // True or absent.
  std::optional<bool> unanswered, has_voicemail;
  // "1absent" < "2in-progress" < "3failed" < "4completed".
  std::optional<std::string> ai_content_k;

  // Least.
  optional_time created_at;

  // Union. Sorted, distinct.
  std::vector<std::string> parties, conv_refs, party_keys, contact_ids;

  // Newest by (stamp, value).
  // The age of all values of this group; absent means -infinity.
  optional_time stamp;
  std::optional<std::string> body;
  // A JSON array of strings, and one of the same length with the type of each or null.
  std::optional<std::string> media_urls, media_types;
  // {"code", "detail"} without null members.
  std::optional<std::string> error;
  std::optional<std::string> recording_url;
  std::optional<int> recording_duration_seconds;
  std::optional<std::int64_t> recording_size_bytes;
  // Paragraphs joined by newlines.
  std::optional<std::string> ai_summary;
  // JSON arrays.
  std::optional<std::string> ai_key_points, ai_next_steps, ai_jobs;
  std::optional<std::string> ai_sentiment;
  // {"confidence", "dialogue": [{"speaker", "text", "timestamp", ...}]}, and the provider's object.
  std::optional<std::string> ai_transcript, ai_transcript_raw;
  // JSON objects.
  std::optional<std::string> voicemail, forwarded, menu;

  // Newest by (level, stamp, rank).
  std::optional<std::string> status_r;
  std::optional<int> status_level, status_rank;
};

// The facts for one row of recordings. Without an id of the provider, recording_id is "#" and the
// position in the list.
struct recording_facts {
  std::string recording_id;
  std::optional<std::string> url, content_type;
  std::optional<int> duration_seconds;
  std::optional<std::int64_t> size_bytes;
  optional_time started_at;
};

// One version of a contact card. The greatest (stamp, deleted, record) wins as a whole.
struct card_facts {
  std::string card_id;
  bool deleted = false;
  optional_time stamp;
  // Canonical JSON text of the other members (docs/events.md, "Contact cards").
  std::string record;
  // E.164, sorted, distinct.
  std::vector<std::string> phones;
  std::optional<std::string> first_name, last_name, company, role, external_id;
  std::vector<std::string> emails;
};

enum class verdict {
  // The event has facts.
  apply,
  // The event is kept and counted: unknown types, tasks, integrations, token.validated.
  ignore,
  // The bytes can never be an event.
  dead,
};

struct event {
  verdict what = verdict::dead;
  kind type = kind::unknown;

  // As sent, cut at 100, 255 and 20 bytes; "" if absent.
  std::string event_type, event_id, api_version;

  // Why the event is dead: "not JSON: ... at byte 17", "duplicate key \"id\" in data.object".
  std::string reason;

  // True if PostgreSQL accepts the bytes as json and can read them back.
  bool json_text = false;

  // By the provider's clock.
  optional_time occurred_at;

  std::optional<activity_facts> activity;
  std::vector<recording_facts> recordings;
  std::optional<card_facts> card;

  // Numbers that this event proves to be our own. E.164.
  std::vector<std::string> own_number_evidence;

  // Numbers that a hint or a card names: contacts exist for them even if no activity refers to
  // them.
  std::vector<std::string> explicit_contacts;
};

}  // namespace trunkline::parse
