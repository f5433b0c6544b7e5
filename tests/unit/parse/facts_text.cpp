// SPDX-License-Identifier: Apache-2.0
#include "facts_text.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "parse/kinds.hpp"

namespace trunkline::parse {
namespace {

class printer {
 public:
  void line(std::string_view name, std::string_view value) {
    text_.append(name).append(": ").append(value).append("\n");
  }
  void add(std::string_view name, const std::optional<std::string>& value) {
    if (value) line(name, *value);
  }
  void add(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    std::string list;
    for (const std::string& value : values) list += (list.empty() ? "" : " | ") + value;
    line(name, list);
  }
  void add(std::string_view name, const std::optional<bool>& value) {
    if (value) line(name, *value ? "true" : "false");
  }
  void add(std::string_view name, const std::optional<int>& value) {
    if (value) line(name, std::to_string(*value));
  }
  void size(std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) line(name, std::to_string(*value));
  }
  void time(std::string_view name, optional_time value) {
    if (value) line(name, time_text(*value));
  }
  void begin(std::string_view title) { text_.append(title).append("\n"); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string_view verdict_text(verdict what) {
  return what == verdict::apply ? "apply" : what == verdict::ignore ? "ignore" : "dead";
}

void print_participants(printer& out, const activity_facts& facts) {
  out.add("direction_k", facts.direction_k);
  out.add("from_number", facts.from_number);
  out.add("to_numbers", facts.to_numbers);
  out.add("user_id", facts.user_id);
  out.add("line_id", facts.line_id);
  out.add("answered_by", facts.answered_by);
  out.add("initiated_by", facts.initiated_by);
  out.add("contact_hint", facts.contact_hint);
  out.add("parties", facts.parties);
  out.add("conv_refs", facts.conv_refs);
  out.add("party_keys", facts.party_keys);
  out.add("contact_ids", facts.contact_ids);
}

void print_times(printer& out, const activity_facts& facts) {
  out.time("created_at", facts.created_at);
  out.time("answered_at", facts.answered_at);
  out.time("completed_at", facts.completed_at);
  out.time("active_at", facts.active_at);
  out.add("duration_r", facts.duration_r);
  out.add("unanswered", facts.unanswered);
  out.add("has_voicemail", facts.has_voicemail);
  out.add("ai_content_k", facts.ai_content_k);
  if (facts.status_r) {
    out.line(
        "status_r", *facts.status_r + " (" + std::to_string(facts.status_level.value_or(-1)) + "." +
                        std::to_string(facts.status_rank.value_or(-1)) + ")"
    );
  }
}

void print_activity(printer& out, const activity_facts& facts) {
  out.begin("activity");
  out.line("openphone_id", facts.openphone_id);
  out.add("activity_type", facts.activity_type);
  print_participants(out, facts);
  print_times(out, facts);
  out.line("stamp", facts.stamp ? time_text(*facts.stamp) : "-infinity");
  out.add("body", facts.body);
  out.add("media_urls", facts.media_urls);
  out.add("media_types", facts.media_types);
  out.add("error", facts.error);
  out.add("recording_url", facts.recording_url);
  out.add("recording_duration_seconds", facts.recording_duration_seconds);
  out.size("recording_size_bytes", facts.recording_size_bytes);
  out.add("ai_summary", facts.ai_summary);
  out.add("ai_key_points", facts.ai_key_points);
  out.add("ai_next_steps", facts.ai_next_steps);
  out.add("ai_sentiment", facts.ai_sentiment);
  out.add("ai_jobs", facts.ai_jobs);
  out.add("ai_transcript", facts.ai_transcript);
  out.add("ai_transcript_raw", facts.ai_transcript_raw);
  out.add("voicemail", facts.voicemail);
  out.add("forwarded", facts.forwarded);
  out.add("menu", facts.menu);
}

void print_recording(printer& out, const recording_facts& facts) {
  out.begin("recording");
  out.line("recording_id", facts.recording_id);
  out.add("url", facts.url);
  out.add("content_type", facts.content_type);
  out.add("duration_seconds", facts.duration_seconds);
  out.size("size_bytes", facts.size_bytes);
  out.time("started_at", facts.started_at);
}

void print_card(printer& out, const card_facts& facts) {
  out.begin("card");
  out.line("card_id", facts.card_id);
  out.line("deleted", facts.deleted ? "true" : "false");
  out.line("stamp", facts.stamp ? time_text(*facts.stamp) : "-infinity");
  out.line("record", facts.record);
  out.add("phones", facts.phones);
  out.add("first_name", facts.first_name);
  out.add("last_name", facts.last_name);
  out.add("company", facts.company);
  out.add("role", facts.role);
  out.add("external_id", facts.external_id);
  out.add("emails", facts.emails);
}

}  // namespace

std::string time_text(timestamp at) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(at)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const auto rest = (time - day).count();
  char text[40];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(rest / 3'600'000'000), static_cast<int>(rest / 60'000'000 % 60),
      static_cast<int>(rest / 1'000'000 % 60), static_cast<int>(rest % 1'000'000)
  );
  return text;
}

std::string facts_text(const event& what) {
  printer out;
  out.line("verdict", verdict_text(what.what));
  if (!what.reason.empty()) out.line("reason", what.reason);
  out.line("kind", canonical_name(what.type));
  out.line("event_type", what.event_type);
  out.line("event_id", what.event_id);
  out.line("api_version", what.api_version);
  out.line("json_text", what.json_text ? "true" : "false");
  out.time("occurred_at", what.occurred_at);
  out.add("own_numbers", what.own_number_evidence);
  out.add("named", what.explicit_contacts);
  if (what.activity) print_activity(out, *what.activity);
  for (const recording_facts& recording : what.recordings) print_recording(out, recording);
  if (what.card) print_card(out, *what.card);
  return out.take();
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  INFO("cannot read " << path);
  REQUIRE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string fixture(std::string_view name) {
  return std::string(TRUNKLINE_FIXTURES) + "/" + std::string(name);
}

std::vector<std::string> payload_names() {
  const std::filesystem::path root = fixture("payloads");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".json") continue;
    std::string name = std::filesystem::relative(entry.path(), root).string();
    names.push_back(name.substr(0, name.size() - 5));
  }
  std::sort(names.begin(), names.end());
  REQUIRE(names.size() >= 79);
  return names;
}

std::string payload(std::string_view name) {
  return read_file(fixture("payloads/" + std::string(name) + ".json"));
}

activity_facts activity_of(std::string_view body) {
  const event what = normalise(body);
  INFO(body.substr(0, 500));
  INFO(what.reason);
  REQUIRE(what.activity.has_value());
  return *what.activity;
}

std::string seed_event(std::string_view type, std::string_view object) {
  return R"({"type":")" + std::string(type) + R"(","data":{"object":)" + std::string(object) + "}}";
}

std::string new_event(std::string_view type, std::string_view resource, std::string_view context) {
  return R"({"type":")" + std::string(type) + R"(","data":{"resource":)" + std::string(resource) +
         R"(,"context":)" + std::string(context) + "}}";
}

}  // namespace trunkline::parse
