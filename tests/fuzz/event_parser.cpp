// SPDX-License-Identifier: Apache-2.0
// Fuzzes the event parser. Any bytes yield the same facts twice, and parameters that PostgreSQL
// accepts.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parse/json_document.hpp"
#include "parse/normalise.hpp"
#include "parse/phone_number.hpp"
#include "store/events/event_rows.hpp"
#include "store/merge/activity_rows.hpp"
#include "store/merge/contact_cards.hpp"
#include "store/merge/recordings.hpp"
#include "tests/fuzz/row_checks.hpp"

using namespace trunkline::parse;
using trunkline::store::require;
using trunkline::store::require_text;

namespace {

void require_json(const std::optional<std::string>& text) {
  if (!text) return;
  require_text(*text);
  const json_document document(*text);
  require(document.problem().empty() && document.is_json_text());
}

void require_time(optional_time at) {
  constexpr timestamp earliest = 946'684'800'000'000;
  constexpr timestamp latest = 4'102'444'800'000'000;
  if (at) require(*at >= earliest && *at <= latest);
}

void require_activity(const activity_facts& facts) {
  require(!facts.openphone_id.empty() && facts.openphone_id.size() <= 255);
  require_text(facts.openphone_id);
  require_text(facts.body.value_or(""));
  require_text(facts.from_number.value_or(""));
  require_text(facts.ai_summary.value_or(""));
  for (const std::string& party : facts.parties) require(!party.empty() && party.size() <= 64);
  for (const std::string& key : facts.party_keys) require(key.size() <= 2000);
  for (const std::string& ref : facts.conv_refs) require(ref.size() <= 255);
  if (facts.contact_hint) require(is_e164(*facts.contact_hint));
  for (const auto* json :
       {&facts.media_urls, &facts.media_types, &facts.error, &facts.ai_key_points,
        &facts.ai_next_steps, &facts.ai_jobs, &facts.ai_transcript, &facts.ai_transcript_raw,
        &facts.voicemail, &facts.forwarded, &facts.menu}) {
    require_json(*json);
  }
  for (const optional_time at :
       {facts.answered_at, facts.completed_at, facts.active_at, facts.created_at, facts.stamp}) {
    require_time(at);
  }
  require(facts.duration_r.value_or(0) >= 0);
  require(facts.status_r.has_value() == facts.status_level.has_value());
}

// Builds the parameters of the statements that write the event.
void require_rows(std::string_view body) {
  trunkline::stream::delivery delivery;
  delivery.body = body;
  delivery.provider_delivery_id = body.substr(0, 20);  // valid only if the gateway checked it
  const auto event = trunkline::store::prepare("1-0", std::move(delivery));
  trunkline::store::session db;
  trunkline::store::insert_events(db, {&event}, {trunkline::store::disposition_of(event.event)});
  trunkline::store::copy_events(db, {&event}, {trunkline::store::disposition_of(event.event)});
  if (event.event.card) trunkline::store::merge_cards(db, {&*event.event.card});
  if (!event.event.activity) return;
  const auto& facts = *event.event.activity;
  trunkline::store::merge_activities(db, {&facts}, [](const auto&) {
    return trunkline::store::initial_assignment{};
  });
  std::vector<trunkline::store::recording_of_call> recordings;
  for (const auto& recording : event.event.recordings)
    recordings.push_back({&facts.openphone_id, facts.stamp, &recording});
  trunkline::store::merge_recordings(db, recordings);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const event what = normalise(body);
  require((what.what == verdict::dead) == !what.reason.empty());
  require(what.what != verdict::apply || what.activity.has_value() != what.card.has_value());
  require_text(what.event_type);
  require_text(what.event_id);
  require_text(what.reason);
  if (what.activity) require_activity(*what.activity);
  if (what.card) require_json(what.card->record);
  for (const std::string& number : what.own_number_evidence) require(is_e164(number));
  for (const std::string& number : what.explicit_contacts) require(is_e164(number));
  require_rows(body);
  const event again = normalise(body);
  require(again.what == what.what && again.reason == what.reason);
  require(!what.activity || again.activity->parties == what.activity->parties);
  return 0;
}
