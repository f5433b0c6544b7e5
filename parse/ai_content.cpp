// SPDX-License-Identifier: Apache-2.0
#include "parse/ai_content.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "parse/json_write.hpp"

namespace trunkline::parse {
namespace {

// Returns "1absent", "2in-progress", "3failed" or "4completed", or "" if none of them is stated.
std::string processing_status(const json_value& resource) {
  constexpr std::array<std::string_view, 4> known{"absent", "in-progress", "failed", "completed"};
  const auto stated =
      first_of(short_text(resource, "processingStatus"), short_text(resource, "status"));
  const auto* found = std::find(known.begin(), known.end(), stated.value_or(""));
  if (found == known.end()) return {};
  return std::to_string(found - known.begin() + 1) + std::string(*found);
}

std::optional<std::string> text_array(const json_value* list) {
  json_builder result('[');
  for (const std::string_view text : free_texts(list)) result.add(text);
  return result.finish_unless_empty();
}

bool read_summary(const json_value& resource, activity_facts& facts) {
  std::string lines;
  for (const std::string_view line : free_texts(resource.find("summary"))) {
    if (!lines.empty()) lines += '\n';
    lines += line;
  }
  if (!lines.empty()) facts.ai_summary = std::move(lines);
  facts.ai_key_points = text_array(resource.find("keyPoints"));
  facts.ai_next_steps = text_array(resource.find("nextSteps"));
  facts.ai_sentiment = owned(short_text(resource, "sentiment"));
  if (const json_value* jobs = resource.find("jobs"); jobs != nullptr && !jobs->items().empty()) {
    facts.ai_jobs = to_json(*jobs);
  }
  return facts.ai_summary || facts.ai_key_points || facts.ai_next_steps || facts.ai_sentiment ||
         facts.ai_jobs;
}

// Returns 3661.9 as "01:01:01".
std::optional<std::string> clock_text(const json_value* start) {
  if (start == nullptr || !start->is_number()) return std::nullopt;
  const std::string_view digits = start->text();
  double seconds = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (!(seconds >= 0 && seconds < 360'000)) return std::nullopt;
  const auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  const int whole = static_cast<int>(seconds);
  return two(whole / 3600) + ":" + two(whole / 60 % 60) + ":" + two(whole % 60);
}

// Returns the digits of a number, or nullopt if it is not a number or jsonb would reject it.
std::optional<std::string> digits_of(const json_value& object, std::string_view name) {
  const json_value* value = object.find(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  std::string digits = to_json(*value);
  return digits == "null" ? std::nullopt : std::optional<std::string>(std::move(digits));
}

void add_number(json_builder& out, const json_value& entry, std::string_view name) {
  if (const auto digits = digits_of(entry, name)) out.add_raw(name, *digits);
}

// Returns an entry of a dialogue with the member names of the first generation, or nullopt if it
// has no text.
std::optional<std::string> dialogue_entry(const json_value& entry) {
  const auto words = first_of(free_text(entry, "text"), free_text(entry, "content"));
  if (!words) return std::nullopt;
  const auto identifier = short_text(entry, "identifier");
  const auto user = short_text(entry, "userId");
  const auto said_at = short_text(entry, "timestamp");
  json_builder out('{');
  add_number(out, entry, "end");
  if (identifier) out.add("identifier", *identifier);
  const auto speaker = first_of(short_text(entry, "speaker"), identifier, user);
  if (speaker) out.add("speaker", *speaker);
  add_number(out, entry, "start");
  out.add("text", *words);
  if (said_at) {
    out.add("timestamp", *said_at);
  } else if (const auto clock = clock_text(entry.find("start"))) {
    out.add("timestamp", *clock);
  }
  if (user) out.add("userId", *user);
  return out.finish();
}

bool read_transcript(const json_value& resource, activity_facts& facts) {
  const json_value* nested = resource.find("transcript");
  const json_value& whole = nested != nullptr && nested->is_object() ? *nested : resource;
  const json_value* dialogue = whole.find("dialogue");
  if (dialogue == nullptr || dialogue->items().empty()) dialogue = resource.find("dialogue");
  if (dialogue == nullptr) return false;
  json_builder entries('[');
  for (const json_value& entry : dialogue->items()) {
    if (const auto found = dialogue_entry(entry)) entries.add_raw(*found);
  }
  if (entries.empty()) return false;
  json_builder out('{');
  const auto confidence =
      first_of(digits_of(whole, "confidence"), digits_of(resource, "confidence"));
  if (confidence) out.add_raw("confidence", *confidence);
  out.add_raw("dialogue", entries.finish());
  facts.ai_transcript = out.finish();
  facts.ai_transcript_raw = to_json(whole);
  return true;
}

}  // namespace

void read_ai_content(const envelope& from, activity_facts& facts) {
  std::string status = processing_status(from.resource);
  // Content that is in progress or failed does not replace completed content.
  if (status.empty() || status == "4completed") {
    const bool content = from.what == kind::call_summary ? read_summary(from.resource, facts)
                                                         : read_transcript(from.resource, facts);
    if (content) status = "4completed";
  }
  if (!status.empty()) facts.ai_content_k = std::move(status);
}

}  // namespace trunkline::parse
