// SPDX-License-Identifier: Apache-2.0
// trunkline verify: what the gateway would say of one delivery, and why.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <map>

#include "common/process/read_input.hpp"
#include "cli/output.hpp"
#include "cli/signing_keys.hpp"
#include "cli/commands.hpp"
#include "cli/verify/verify_hints.hpp"

namespace trunkline::cli {
namespace {

using namespace std::chrono_literals;

struct settings {
  std::vector<std::string> headers;
  signature::key_sources keys;
  std::string body_file;
  std::string at;  // Unix seconds; empty: now
  std::chrono::milliseconds legacy_max_age = 72h;
  std::chrono::milliseconds max_clock_skew = 5min;
  bool json = false;
};

// Values by lower-case name, in the order given.
using fields = std::multimap<std::string, std::string>;

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

// Returns what is wrong, or empty.
std::string read_fields(const std::vector<std::string>& lines, fields& into) {
  for (const auto& line : lines) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon == 0) return "--header takes 'NAME: VALUE'";
    into.emplace(lower(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1)));
  }
  return "";
}

signature::header find(const fields& all, const char* name) {
  const auto found = all.find(name);
  if (found == all.end()) return {};
  return {found->second, static_cast<int>(all.count(name))};
}

signature::headers pick(const fields& all) {
  return {
      .hex = find(all, "x-openphone-signature-v1"),
      .legacy = find(all, "openphone-signature"),
      .webhook_id = find(all, "webhook-id"),
      .webhook_timestamp = find(all, "webhook-timestamp"),
      .webhook_signature = find(all, "webhook-signature")};
}

std::vector<std::string> names_of(const fields& all) {
  std::vector<std::string> names;
  for (const auto& [name, value] : all) names.push_back(name);
  return names;
}

std::int64_t clock_of(const settings& given) {
  std::int64_t at = 0;
  if (!given.at.empty()) {
    std::from_chars(given.at.data(), given.at.data() + given.at.size(), at);
    return at;
  }
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

std::string check_clock(const std::string& text) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && text.size() <= 18 ? "" : "must be seconds since 1970, such as 1795194181";
}

void print_valid(const signature::verdict& verdict, const signature::loaded_keys& keys) {
  std::printf(
      "valid: scheme %s, key %zu (%s)", std::string(to_string(*verdict.decided_by)).c_str(),
      verdict.key_index, keys.ring.fingerprint(verdict.key_index).c_str()
  );
  if (!verdict.provider_delivery_id.empty())
    std::printf(", webhook-id %s", printable(verdict.provider_delivery_id).c_str());
  std::puts("");
}

void print_refused(const signature::verdict& verdict, const std::vector<std::string>& hints) {
  const std::string by =
      verdict.decided_by ? " (scheme " + std::string(to_string(*verdict.decided_by)) + ")" : "";
  std::printf(
      "not valid: %s%s: %s\n", std::string(to_string(verdict.reason)).c_str(), by.c_str(),
      verdict.detail.c_str()
  );
  for (const auto& hint : hints) std::printf("  %s\n", hint.c_str());
}

void print_json(
    const signature::verdict& verdict, const signature::loaded_keys& keys,
    const std::vector<std::string>& hints
) {
  using text = std::optional<std::string>;
  json_object out;
  out.boolean("valid", verdict.valid);
  out.text("scheme", verdict.decided_by ? text(to_string(*verdict.decided_by)) : text());
  if (verdict.valid) {
    out.number("key_index", static_cast<std::int64_t>(verdict.key_index));
    out.text("key_fingerprint", keys.ring.fingerprint(verdict.key_index));
    const auto id = verdict.provider_delivery_id;
    out.text("webhook_id", id.empty() ? text() : text(id));
  } else {
    out.text("reason", std::string(to_string(verdict.reason)));
    out.text("detail", verdict.detail);
    out.strings("hints", hints);
  }
  std::puts(out.str().c_str());
}

int run(const settings& given) {
  fields all;
  if (const auto wrong = read_fields(given.headers, all); !wrong.empty())
    return report_error("verify", wrong, exit_code::usage);
  if (given.body_file.empty())
    return report_error(
        "verify", "give the body with --body-file FILE, - for standard input", exit_code::usage
    );
  const input body = read_input(given.body_file);
  if (!body.problem.empty()) return report_error("verify", body.problem, exit_code::usage);

  const signature::loaded_keys keys = load_keys(given.keys);
  const std::int64_t at = clock_of(given);
  signature::windows windows;
  windows.max_clock_skew = std::chrono::duration_cast<std::chrono::seconds>(given.max_clock_skew);
  windows.legacy_max_age = std::chrono::duration_cast<std::chrono::seconds>(given.legacy_max_age);
  const signature::headers headers = pick(all);
  const auto verdict = signature::verify(keys.ring, headers, body.bytes, at, windows);

  const auto names = names_of(all);
  std::vector<std::string> hints;
  if (!verdict.valid)
    hints = explain({verdict, headers, names, body.bytes, at, keys.texts, keys.ring});
  if (given.json)
    print_json(verdict, keys, hints);
  else if (verdict.valid)
    print_valid(verdict, keys);
  else
    print_refused(verdict, hints);
  return as_int(verdict.valid ? exit_code::ok : exit_code::failed);
}

void declare(config::option_set& options, settings& given) {
  options.list("header", given.headers, "'NAME: VALUE' of the delivery; others are ignored");
  options.text(
      "body-file", given.body_file, "The body, byte for byte; - for standard input",
      {.value = "FILE"}
  );
  declare_keys(options, given.keys);
  const std::string group = "Clock";
  options.text(
      "at", given.at, "Verify as of this time, in seconds since 1970; default: now",
      {.group = group}
  );
  options.check("at", [&given] { return check_clock(given.at); });
  options.duration(
      "legacy-max-age", given.legacy_max_age, "As the gateway's option of that name", 1s, 24h * 365,
      {.group = group}
  );
  options.duration(
      "max-clock-skew", given.max_clock_skew, "As the gateway's option of that name", 1s, 24h,
      {.group = group}
  );
  options.per_call({"header", "body-file", "at"});
  options.flag("json", given.json, "Print one JSON object");
}

}  // namespace

config::command verify() {
  auto given = std::make_shared<settings>();
  return {
      .name = "verify",
      .description =
          "Check the signature of one delivery by hand: which scheme and key, or why not",
      .examples =
          "  trunkline verify --signing-keys-file keys --body-file body.json \\\n"
          "      --header 'x-openphone-signature-v1: def343fa...'\n"
          "  trunkline verify --body-file - --at 1795194181 < body.json \\\n"
          "      --header 'webhook-id: msg_2lq7' --header 'webhook-timestamp: 1795194181' \\\n"
          "      --header 'webhook-signature: v1,oDYD62Kd...'\n"
          "Exit codes: 0 valid, 1 not valid, 64 wrong usage, 78 no usable key.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) { declare(options, *given); },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
