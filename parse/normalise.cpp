// SPDX-License-Identifier: Apache-2.0
#include "parse/normalise.hpp"

#include <algorithm>

#include "parse/ai_content.hpp"
#include "parse/call.hpp"
#include "parse/contact_card.hpp"
#include "parse/envelope.hpp"
#include "parse/json_document.hpp"
#include "parse/kinds.hpp"
#include "parse/message.hpp"
#include "parse/parties.hpp"
#include "parse/status.hpp"

namespace trunkline::parse {
namespace {

// Returns the key of the activity. The resource of a recording event is the call itself, except in
// the first generation, where it has a url and its id is that of the recording.
optional_text activity_id(const envelope& from, std::string& problem) {
  const json_value& resource = from.resource;
  if (is_ai_content(from.what)) return usable_id(resource, "callId", "", problem);
  if (from.what == kind::call_recording) {
    const bool own_url = resource.find("url") != nullptr;
    return usable_id(resource, "callId", own_url ? "" : "id", problem);
  }
  if (from.what == kind::call_voicemail) return usable_id(resource, "callId", "id", problem);
  return usable_id(resource, "id", "", problem);
}

void read_times(const envelope& from, activity_facts& facts) {
  facts.created_at = time_of(from.resource, "createdAt");
  if (!is_message(from.what)) {
    facts.answered_at = time_of(from.resource, "answeredAt");
    facts.completed_at = time_of(from.resource, "completedAt");
    if (from.what == kind::call_missed && !facts.completed_at) {
      facts.completed_at = time_of(from.resource, "missedAt");
    }
  }
  if (is_life_cycle(from.what)) {
    facts.active_at = std::max({facts.created_at, facts.answered_at, facts.completed_at});
  }
}

void read_activity(const envelope& from, optional_text id, event& result) {
  activity_facts& facts = result.activity.emplace();
  facts.openphone_id = *id;
  facts.activity_type = is_message(from.what) ? "message" : "call";
  facts.stamp = stamp_of(from);
  read_times(from, facts);
  read_parties(from, facts, result);
  if (is_message(from.what)) {
    read_message(from, facts);
  } else {
    facts.answered_by = owned(first_of(
        short_text(from.resource, "answeredBy"), short_text(from.resource, "answeredByUserId")
    ));
    facts.initiated_by = owned(short_text(from.resource, "initiatedBy"));
    if (is_ai_content(from.what)) {
      read_ai_content(from, facts);
    } else {
      read_call(from, facts, result);
    }
  }
  read_status(from.what, from.resource, facts);
}

}  // namespace

event normalise(std::string_view body) {
  event result;
  const json_document document(body);
  result.json_text = document.is_json_text();
  result.reason = document.problem();
  if (!result.reason.empty()) return result;
  envelope from;
  result.what = open_envelope(document.root(), from, result);
  if (result.what != verdict::apply) return result;
  result.occurred_at = occurred_at(from);
  const optional_text id = is_contact(from.what) ? usable_id(from.resource, "id", "", result.reason)
                                                 : activity_id(from, result.reason);
  if (!id) {
    result.what = verdict::dead;
  } else if (is_contact(from.what)) {
    result.card = read_card(from, *id);
    result.explicit_contacts = result.card->phones;
  } else {
    read_activity(from, id, result);
  }
  return result;
}

}  // namespace trunkline::parse
