// SPDX-License-Identifier: Apache-2.0
// Any bytes: never a crash, the same facts twice, and facts that PostgreSQL will take.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "worker/parse/event.hpp"
#include "worker/parse/json_document.hpp"
#include "worker/parse/text.hpp"

using namespace trunkline::parse;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_text(std::string_view text) {
  require(text.find('\0') == std::string_view::npos);
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    require(length > 0);
    text.remove_prefix(length);
  }
}

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
  for (const std::string& number : what.own_numbers) require(is_e164(number));
  for (const std::string& number : what.named) require(is_e164(number));
  const event again = normalise(body);
  require(again.what == what.what && again.reason == what.reason);
  require(!what.activity || again.activity->parties == what.activity->parties);
  return 0;
}
