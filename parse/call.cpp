// SPDX-License-Identifier: Apache-2.0
#include "parse/call.hpp"

#include <algorithm>

#include "parse/json_write.hpp"
#include "parse/kinds.hpp"

namespace trunkline::parse {
namespace {

using recording_list = std::vector<recording_facts>;

recording_facts read_recording(const json_value& entry) {
  recording_facts found;
  found.recording_id = short_text(entry, "id").value_or("");
  found.url = owned(url(entry, "url"));
  found.content_type = owned(short_text(entry, "type"));
  found.duration_seconds = duration_of(entry, "duration");
  found.size_bytes = whole_number(entry.find("size"), std::numeric_limits<std::int64_t>::max());
  found.started_at = time_of(entry, "startTime");
  return found;
}

bool has_any_field(const recording_facts& found) {
  return !found.recording_id.empty() || found.url || found.content_type || found.duration_seconds ||
         found.size_bytes || found.started_at;
}

bool is_listed(const recording_list& list, const std::string& id) {
  return std::any_of(list.begin(), list.end(), [&](const recording_facts& known) {
    return known.recording_id == id;
  });
}

recording_list read_recordings(const json_value* list) {
  recording_list found;
  if (list == nullptr) return found;
  const auto items = list->items();
  for (std::size_t i = 0; i < std::min(items.size(), max_list); ++i) {
    recording_facts entry = read_recording(items[i]);
    if (!has_any_field(entry)) continue;
    if (entry.recording_id.empty()) entry.recording_id = "#" + std::to_string(i);
    if (!is_listed(found, entry.recording_id)) found.push_back(std::move(entry));
  }
  return found;
}

// Returns the recording of an event of the first generation, whose resource is the recording itself
// and names its call by callId.
recording_list read_single(const json_value& resource, const activity_facts& facts) {
  recording_facts found = read_recording(resource);
  found.content_type.reset();  // "type" and "startTime" do not describe the recording here
  found.started_at.reset();
  if (found.recording_id == facts.openphone_id) found.recording_id.clear();
  if (!found.url) return {};
  return {std::move(found)};
}

void take_first_url(const recording_list& list, activity_facts& facts) {
  const auto first = std::find_if(list.begin(), list.end(), [](const recording_facts& entry) {
    return entry.url.has_value();
  });
  if (first == list.end()) return;
  facts.recording_url = first->url;
  facts.recording_duration_seconds = first->duration_seconds;
  facts.recording_size_bytes = first->size_bytes;
}

void read_all_recordings(const envelope& from, activity_facts& facts, event& result) {
  result.recordings = read_recordings(from.resource.find("recordings"));
  if (result.recordings.empty()) result.recordings = read_recordings(from.resource.find("media"));
  take_first_url(result.recordings, facts);
  if (facts.recording_url) return;
  if (from.what == kind::call_recording) {
    recording_list single = read_single(from.resource, facts);
    take_first_url(single, facts);
    if (!single.empty() && !single.front().recording_id.empty() &&
        !is_listed(result.recordings, single.front().recording_id)) {
      result.recordings.push_back(std::move(single.front()));
    }
  }
  if (!facts.recording_url) facts.recording_url = owned(url(from.resource, "recordingUrl"));
}

// Returns {"duration", "id", "transcript", "type", "url"} of the members that are present.
std::optional<std::string> voicemail_json(
    const json_value& from, std::string_view id_name, std::string_view url_name, bool with_type
) {
  json_builder result('{');
  if (const auto seconds = duration_of(from, "duration")) {
    result.add_raw("duration", std::to_string(*seconds));
  }
  if (const auto id = short_text(from, id_name)) result.add("id", *id);
  if (const auto words = free_text(from, "transcript")) result.add("transcript", *words);
  if (const auto type = short_text(from, "type"); type && with_type) result.add("type", *type);
  if (const auto address = url(from, url_name)) result.add("url", *address);
  return result.finish_unless_empty();
}

void read_voicemail(const envelope& from, activity_facts& facts) {
  if (from.what == kind::call_voicemail) {
    facts.voicemail = voicemail_json(from.resource, "voicemailId", "recordingUrl", false);
    facts.has_voicemail = true;
    return;
  }
  if (const json_value* box = from.resource.find("voicemail")) {
    facts.voicemail = voicemail_json(*box, "id", "url", true);
  }
  const json_value* flag = from.resource.find("hasVoicemail");
  if (facts.voicemail || (flag != nullptr && flag->is_true())) facts.has_voicemail = true;
}

void read_forwarding(const json_value& resource, activity_facts& facts) {
  json_builder result('{');
  if (const auto number = number_of(resource.find("forwardedFrom"))) result.add("from", *number);
  if (const auto number = number_of(resource.find("forwardedTo"))) result.add("to", *number);
  facts.forwarded = result.finish_unless_empty();
}

void read_menu(const json_value& resource, activity_facts& facts) {
  json_builder result('{');
  if (const auto name = short_text(resource, "phoneMenuSelectionName")) result.add("name", *name);
  if (const auto reason = short_text(resource, "statusReason")) result.add("reason", *reason);
  if (const auto key = short_text(resource, "phoneMenuSelection")) result.add("selection", *key);
  facts.menu = result.finish_unless_empty();
}

// In other events a duration is 0 because the call still rings, or it describes something else.
bool has_call_duration(const envelope& from) {
  if (from.what == kind::call_completed) return true;
  const json_value* list = from.resource.find("recordings");
  return from.what == kind::call_recording && list != nullptr && list->is_array();
}

}  // namespace

void read_call(const envelope& from, activity_facts& facts, event& result) {
  read_voicemail(from, facts);
  if (from.what == kind::call_voicemail) return;
  read_all_recordings(from, facts, result);
  read_forwarding(from.resource, facts);
  if (from.what == kind::call_menu_selected) read_menu(from.resource, facts);
  if (has_call_duration(from)) {
    facts.duration_r = first_of(
        duration_of(from.resource, "duration"), duration_of(from.resource, "durationSeconds")
    );
  }
}

}  // namespace trunkline::parse
