// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// normalise(body): the bytes of a delivery into one internal shape, whatever generation sent them
// (facts.md 2.6, merge.md section 1). Pure: no clock, no database, no settings. Absent, null, "",
// [] and "unavailable" yield no fact: an optional without value, an empty vector. All text is valid
// UTF-8 without NUL.
namespace trunkline::parse {

inline constexpr int parser_version = 1;  // raised when the same body yields other facts

// Microseconds since 1970 UTC; always within 2000-01-01..2100-01-01.
using timestamp = std::int64_t;
using optional_time = std::optional<timestamp>;

// Canonical event kinds (facts.md 2.1).
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
// Exact alias table; anything else is unknown.
kind kind_of(std::string_view type);
std::string_view canonical_name(kind);  // "message.received", ..., "task", "unknown"

// The row of activities that an event speaks of. Joins are named after merge.md section 2.
struct activity_facts {
  std::string openphone_id;
  // G: greatest
  std::optional<std::string> activity_type;  // "message" | "call"
  std::optional<std::string>
      direction_k;  // "2incoming" stated, "1incoming" inferred from the type; also outgoing
  std::optional<std::string>
      from_number;  // E.164 where it is one, else as sent ("72645", "anonymous")
  std::vector<std::string> to_numbers;  // same, in the order sent
  std::optional<std::string> user_id, line_id, answered_by, initiated_by;
  std::optional<std::string> contact_hint;  // E.164 only; from sided events
  optional_time answered_at, completed_at;
  std::optional<int> duration_r;            // seconds, 0..2^31-1
  optional_time active_at;                  // message and call life-cycle events only
  std::optional<bool> unanswered;           // true or absent
  std::optional<bool> has_voicemail;        // true or absent
  std::optional<std::string> ai_content_k;  // "1absent" < "2in-progress" < "3failed" < "4completed"
  // L: least
  optional_time created_at;
  // U: union; sorted, distinct
  std::vector<std::string> parties, conv_refs, party_keys, contact_ids;
  // N: newest by (stamp, value)
  optional_time stamp;  // absent: -infinity; shared by all N registers of this event
  std::optional<std::string> body;
  std::optional<std::string> media_urls;  // JSON array of strings, in order
  std::optional<std::string>
      media_types;                   // JSON array as long, null where not said; set with media_urls
  std::optional<std::string> error;  // JSON {"code":..., "detail":...} without null members
  std::optional<std::string> recording_url;
  std::optional<int> recording_duration_seconds;
  std::optional<std::int64_t> recording_size_bytes;
  std::optional<std::string> ai_summary;                             // array joined by newlines
  std::optional<std::string> ai_key_points, ai_next_steps, ai_jobs;  // JSON arrays
  std::optional<std::string> ai_sentiment;
  std::optional<std::string>
      ai_transcript;  // {"dialogue":[{"speaker","text","timestamp",...}],"confidence"}
  std::optional<std::string>
      ai_transcript_raw;  // the provider's own object, set with ai_transcript
  std::optional<std::string> voicemail, forwarded, menu;  // JSON objects
  // Status: N by (level, stamp, rank)
  std::optional<std::string> status_r;
  std::optional<int> status_level, status_rank;
};

// A row of recordings: N per (call, recording id). Without an id of its own: "#0", "#1", ... by
// position.
struct recording_facts {
  std::string recording_id;
  std::optional<std::string> url, content_type;
  std::optional<int> duration_seconds;
  std::optional<std::int64_t> size_bytes;
  optional_time started_at;
};

// A version of a provider contact: whole record by greatest (stamp, deleted, record).
struct card_facts {
  std::string card_id;
  bool deleted = false;
  optional_time stamp;
  std::string record;  // canonical JSON text: members sorted, our field names (see docs/events.md)
  std::vector<std::string> phones;  // E.164, sorted, distinct
  std::optional<std::string> first_name, last_name, company, role, external_id;
  std::vector<std::string> emails;
};

enum class verdict {
  apply,   // facts below
  ignore,  // kept and counted: unknown types, tasks, integrations, token.validated
  dead,    // can never be an event; reason says why, for people
};

struct event {
  verdict what = verdict::dead;
  kind type = kind::unknown;
  std::string event_type;   // as sent, at most 100 bytes (cut on a character); "" if there is none
  std::string event_id;     // envelope id as sent, at most 255 bytes; "" if there is none
  std::string api_version;  // as sent, at most 20 bytes
  std::string
      reason;  // dead: "not JSON: ... at byte 17", "duplicate key \"id\" in data.object", ...
  bool json_text = false;  // the bytes may be stored as Postgres json; else they go to raw
  optional_time
      occurred_at;  // envelope createdAt, else the object's own time: for the event row only
  std::optional<activity_facts> activity;
  std::vector<recording_facts> recordings;
  std::optional<card_facts> card;
  std::vector<std::string> own_numbers;  // own evidence, E.164
  std::vector<std::string> named;  // numbers named by a hint or a card: contacts exist for them
};

event normalise(std::string_view body);

// Phone numbers as design.md section 4: E.164; 10 digits get +1; 11 starting with 1 get +; else as
// sent (trimmed).
std::string normalise_number(std::string_view text);
bool is_e164(std::string_view text);  // "+" and 7 to 15 digits, first not 0
bool is_no_identity(std::string_view text
);  // anonymous, blocked, restricted, unknown, unavailable: any case

}  // namespace trunkline::parse
