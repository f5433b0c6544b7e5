// SPDX-License-Identifier: Apache-2.0
// Third-party suites: JSONTestSuite and the Big List of Naughty Strings. They are read from
// TRUNKLINE_SUITES, or from a folder next to the repository. Without them the tests warn and pass.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "facts_text.hpp"
#include "parse/json_document.hpp"
#include "parse/json_write.hpp"

using namespace trunkline::parse;
namespace fs = std::filesystem;

namespace {

std::optional<fs::path> suite(const std::string& name) {
  const char* set = std::getenv("TRUNKLINE_SUITES");
  const fs::path root =
      set != nullptr ? fs::path(set) : fs::path(fixture("../../../shared/suites"));
  if (fs::exists(root / name)) return root / name;
  WARN("skipped: no " << (root / name).string() << "; set TRUNKLINE_SUITES");
  return std::nullopt;
}

// Texts that RFC 8259 leaves to the implementation (i_*) and that the parser rejects.
const std::map<std::string, std::string> refused = {
    {"i_string_UTF-16LE_with_BOM.json", "invalid UTF-8"},
    {"i_string_UTF-8_invalid_sequence.json", "invalid UTF-8"},
    {"i_string_UTF8_surrogate_U+D800.json", "invalid UTF-8"},
    {"i_string_invalid_utf-8.json", "invalid UTF-8"},
    {"i_string_iso_latin_1.json", "invalid UTF-8"},
    {"i_string_lone_utf8_continuation_byte.json", "invalid UTF-8"},
    {"i_string_not_in_unicode_range.json", "invalid UTF-8"},
    {"i_string_overlong_sequence_2_bytes.json", "invalid UTF-8"},
    {"i_string_overlong_sequence_6_bytes.json", "invalid UTF-8"},
    {"i_string_overlong_sequence_6_bytes_null.json", "invalid UTF-8"},
    {"i_string_truncated-utf-8.json", "invalid UTF-8"},
    {"i_string_utf16BE_no_BOM.json", "NUL byte"},
    {"i_string_utf16LE_no_BOM.json", "NUL byte"},
    {"i_structure_500_nested_arrays.json", "nested deeper"},
    {"i_structure_UTF-8_BOM_empty_object.json", "invalid value"},
};

std::string problem_of(const std::string& text) {
  const json_document document(text);
  return document.problem();
}

}  // namespace

TEST_CASE("suites: JSONTestSuite: y_ are read, n_ are dead, i_ follow the documented policy") {
  const auto folder = suite("JSONTestSuite/test_parsing");
  if (!folder) return;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(*folder)) {
    const std::string name = entry.path().filename().string();
    const std::string text = read_file(entry.path().string());
    const std::string problem = problem_of(text);
    INFO(name << ": " << problem);
    ++files;
    CHECK(normalise(text).what == verdict::dead);  // none of them is an event
    const auto policy = refused.find(name);
    if (name.starts_with("n_")) {
      CHECK(problem != "");
    } else if (name.starts_with("y_")) {
      // Well-formed, but rejected because a duplicate key is ambiguous.
      const bool twice = name.starts_with("y_object_duplicated_key");
      CHECK(problem.starts_with(twice ? "duplicate key" : ""));
      CHECK(problem.empty() == !twice);
      CHECK(normalise(text).reason.find("not JSON") == std::string::npos);
    } else {
      CHECK(problem.empty() == (policy == refused.end()));
      if (policy != refused.end()) CHECK(problem.find(policy->second) != std::string::npos);
    }
  }
  CHECK(files >= 318);
}

TEST_CASE("suites: naughty strings pass every text field unchanged") {
  const auto file = suite("blns/blns.json");
  if (!file) return;
  std::vector<std::string> strings;
  {
    const std::string text = read_file(file->string());
    const json_document document(text);
    REQUIRE(document.problem().empty());
    for (const json_value& item : document.root().items()) strings.emplace_back(item.text());
  }
  REQUIRE(strings.size() >= 500);
  for (const std::string& naughty : strings) {
    std::string quoted;
    append_json_string(quoted, naughty);
    const event message = normalise(seed_event(
        "message.received", R"({"id":"M1","text":)" + quoted + R"(,"from":)" + quoted +
                                R"(,"userId":)" + quoted + R"(,"media":[)" + quoted + "]}"
    ));
    INFO(quoted);
    REQUIRE(message.activity);
    CHECK(message.activity->body.value_or("") == naughty);
    const bool is_short = naughty.size() <= 255;
    CHECK(message.activity->user_id.value_or("") == (is_short ? naughty : ""));
    const event card =
        normalise(seed_event("contact.updated", R"({"id":"CT1","lastName":)" + quoted + "}"));
    REQUIRE(card.card);
    CHECK(card.card->last_name.value_or("") == (is_short ? naughty : ""));
    if (naughty.empty() || !is_short) continue;
    const event keyed = normalise(seed_event("message.received", R"({"id":)" + quoted + "}"));
    REQUIRE(keyed.activity);
    CHECK(keyed.activity->openphone_id == naughty);
  }
}
