// SPDX-License-Identifier: Apache-2.0
// trunkline verify
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <map>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/signing_keys.hpp"
#include "cli/verify/verify_hints.hpp"
#include "common/process/clock.hpp"
#include "common/process/read_input.hpp"

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

// Values by lower-case name; those of one name in their order.
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

// Returns an error, or "".
std::string read_fields(const std::vector<std::string>& lines, fields& into) {
  for (const auto& line : lines) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon == 0) return "--header must be 'NAME: VALUE'";
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

std::int64_t time_of(const settings& options) {
  if (options.at.empty()) return unix_ms() / 1000;
  std::int64_t at = 0;
  std::from_chars(options.at.data(), options.at.data() + options.at.size(), at);
  return at;
}

std::string check_time(const std::string& text) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && text.size() <= 18 ? "" : "must be seconds since 1970, for example 1795194181";
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

void print_invalid(const signature::verdict& verdict, const std::vector<std::string>& hints) {
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

int run(const settings& options) {
  fields all;
  if (const auto error = read_fields(options.headers, all); !error.empty())
    return report_error("verify", error, exit_code::usage);
  if (options.body_file.empty())
    return report_error("verify", "--body-file is required; - is standard input", exit_code::usage);
  const input body = read_input(options.body_file);
  if (!body.problem.empty()) return report_error("verify", body.problem, exit_code::usage);

  const signature::loaded_keys keys = load_keys(options.keys);
  const std::int64_t at = time_of(options);
  signature::windows windows;
  windows.max_clock_skew = std::chrono::duration_cast<std::chrono::seconds>(options.max_clock_skew);
  windows.legacy_max_age = std::chrono::duration_cast<std::chrono::seconds>(options.legacy_max_age);
  const signature::headers headers = pick(all);
  const auto verdict = signature::verify(keys.ring, headers, body.bytes, at, windows);

  const auto names = names_of(all);
  std::vector<std::string> hints;
  if (!verdict.valid)
    hints = explain({verdict, headers, names, body.bytes, at, keys.texts, keys.ring});
  if (options.json)
    print_json(verdict, keys, hints);
  else if (verdict.valid)
    print_valid(verdict, keys);
  else
    print_invalid(verdict, hints);
  return as_int(verdict.valid ? exit_code::ok : exit_code::failed);
}

void declare(config::option_set& set, settings& options) {
  set.list("header", options.headers, "Header of the delivery, 'NAME: VALUE'", {.value = "HEADER"});
  set.text(
      "body-file", options.body_file, "File with the body; - is standard input", {.value = "FILE"}
  );
  declare_keys(set, options.keys);
  const std::string group = "Clock";
  set.text(
      "at", options.at, "Time of receipt, in seconds since 1970; default: now",
      {.group = group, .value = "SECONDS"}
  );
  set.check("at", [&options] { return check_time(options.at); });
  set.duration(
      "legacy-max-age", options.legacy_max_age, "Maximum age of a legacy signature", 1s, 24h * 365,
      {.group = group}
  );
  set.duration(
      "max-clock-skew", options.max_clock_skew, "Maximum clock difference", 1s, 24h,
      {.group = group}
  );
  set.per_call({"header", "body-file", "at"});
  set.flag("json", options.json, "Print one JSON object");
}

}  // namespace

config::command verify() {
  auto options = std::make_shared<settings>();
  return {
      .name = "verify",
      .description = "Check the signature of a delivery and explain a mismatch",
      .examples =
          "  trunkline verify --signing-keys-file keys --body-file body.json \\\n"
          "      --header 'x-openphone-signature-v1: def343fa...'\n"
          "  trunkline verify --body-file - --at 1795194181 < body.json \\\n"
          "      --header 'webhook-id: msg_2lq7' --header 'webhook-timestamp: 1795194181' \\\n"
          "      --header 'webhook-signature: v1,oDYD62Kd...'\n"
          "The body must be byte for byte as received. Headers without a signature are ignored.\n"
          "Exit codes: 0 valid, 1 not valid, 64 usage error, 78 no usable key.\n",
      .declare = [options](config::option_set& set, config::arguments&) { declare(set, *options); },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
