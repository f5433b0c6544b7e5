// SPDX-License-Identifier: Apache-2.0
// For a mismatch the usual mistakes are tried out: other bytes of the body, another form of the
// key, another message under the HMAC. The combination with the fewest mistakes is reported.
#include "cli/verify/verify_hints.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <optional>

#include "common/text/encoding.hpp"
#include "common/signature/form.hpp"

namespace trunkline::cli {
namespace {

using signature::refusal;
using signature::scheme;

// A way the sender may have gone; mistake is empty for the right one.
struct variant {
  std::string bytes;
  std::string mistake;
};

// White space outside of strings taken out, as JSON.stringify writes it.
std::string compact(std::string_view json) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string && c == '\\' && i + 1 < json.size()) {
      out.append(json, i++, 2);
      continue;
    }
    if (c == '"') in_string = !in_string;
    if (in_string || std::string_view(" \t\r\n").find(c) == std::string_view::npos) out += c;
  }
  return out;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' && !out.ends_with('\r')) out += '\r';
    out += c;
  }
  return out;
}

std::string without_cr(std::string_view text) {
  std::string out(text);
  std::erase(out, '\r');
  return out;
}

std::vector<variant> bodies(std::string_view body) {
  const std::string text(body);
  std::vector<variant> all = {{text, ""}};
  const auto add = [&](std::string bytes, const char* mistake) {
    if (bytes != text) all.push_back({std::move(bytes), mistake});
  };
  const std::size_t end = body.find_last_not_of("\r\n");
  add(text.substr(0, end == std::string::npos ? 0 : end + 1),
      "the body ended without a newline: the one in this file was added later");
  add(text + "\n", "the body ended with a newline: it was lost on the way to this file");
  add(without_cr(text), "the body had LF line ends: this file has CRLF");
  add(with_crlf(text), "the body had CRLF line ends: this file has LF");
  add(compact(text), "the body was compact JSON: it was printed anew with other white space");
  return all;
}

// Base64 as strictly or leniently as anybody reads it.
std::optional<std::string> decode(std::string text) {
  while (text.size() % 4 != 0) text += '=';
  return base64_decode(text);
}

std::vector<variant> keys(const std::string& given, scheme which) {
  std::string bare = given;
  for (const std::string_view prefix : {"whsec_", "legacy:", "hex:"}) {
    if (bare.starts_with(prefix)) bare.erase(0, prefix.size());
  }
  const auto decoded = decode(bare);
  const bool wants_text = which == scheme::hex;
  std::vector<variant> all;
  if (wants_text || !decoded) all.push_back({bare, ""});
  if (decoded) all.push_back({*decoded, ""});
  if (wants_text && decoded)
    all.back().mistake = "the sender used the key base64-decoded, this scheme takes it as text";
  if (!wants_text)
    all.push_back({bare, "the sender used the key as text, this scheme base64-decodes it"});
  if (given.starts_with("whsec_"))
    all.push_back({given, "the sender used the key as text with its whsec_ prefix"});
  return all;
}

std::vector<variant> messages(
    const signature::headers& headers, const signature::offer& offered, scheme which,
    const std::string& body
) {
  if (which == scheme::hex) return {{body, ""}};
  const std::string at(offered.timestamp);
  const std::string dotted = at + "." + body;
  const std::string id(headers.webhook_id.value);
  std::vector<variant> all;
  all.push_back({which == scheme::standard ? id + "." + dotted : dotted, ""});
  if (which == scheme::standard)
    all.push_back({dotted, "the sender signed timestamp.body, without the id"});
  all.push_back({at + body, "the sender signed timestamp and body without a dot between"});
  all.push_back({body, "the sender signed the body alone, without the timestamp"});
  return all;
}

struct finding {
  std::size_t key_index = 0;
  std::vector<std::string> mistakes;
};

std::optional<finding> search(const refused_delivery& refused, const signature::form& form) {
  std::optional<finding> best;
  const auto consider = [&](std::size_t index, std::initializer_list<std::string_view> mistakes) {
    finding found{index, {}};
    for (const auto mistake : mistakes) {
      if (!mistake.empty()) found.mistakes.emplace_back(mistake);
    }
    if (!best || found.mistakes.size() < best->mistakes.size()) best = std::move(found);
  };
  const auto all_bodies = bodies(refused.body);
  for (std::size_t index = 0; index < refused.key_texts.size(); ++index) {
    for (const auto& key : keys(refused.key_texts[index], *form.family)) {
      const signature::hmac_key prepared(key.bytes);
      for (const auto& body : all_bodies) {
        for (std::size_t i = 0; i < form.count; ++i) {
          const auto& offered = form.offers[i];
          for (const auto& message : messages(refused.headers, offered, *form.family, body.bytes)) {
            if (signature::equal(prepared.sign({message.bytes}), offered.digest))
              consider(index, {key.mistake, message.mistake, body.mistake});
          }
        }
      }
    }
  }
  return best;
}

std::string key_name(const refused_delivery& refused, std::size_t index) {
  return "key " + std::to_string(index) + " (" + refused.ring.fingerprint(index) + ")";
}

void explain_mismatch(const refused_delivery& refused, std::vector<std::string>& hints) {
  if (const auto found = search(refused, signature::read_form(refused.headers))) {
    const std::string name = key_name(refused, found->key_index);
    if (found->mistakes.empty()) {
      hints.push_back(
          "it matches " + name + ", but that key is configured for " +
          refused.ring.schemes(found->key_index) + " only: give it in the form of this scheme"
      );
    }
    for (const auto& mistake : found->mistakes)
      hints.push_back("it would match with " + name + ": " + mistake);
    return;
  }
  hints.push_back(
      "the body has " + std::to_string(refused.body.size()) +
      " bytes; no usual change of body or key form makes it match: another key signed it, or the "
      "body was changed"
  );
}

void explain_no_key(const refused_delivery& refused, std::vector<std::string>& hints) {
  for (std::size_t i = 0; i < refused.ring.size(); ++i)
    hints.push_back(key_name(refused, i) + " serves " + refused.ring.schemes(i));
  switch (*refused.verdict.decided_by) {
    case scheme::standard:
      hints.emplace_back("webhook- headers need the webhook's own secret, whsec_...");
      break;
    case scheme::legacy:
      hints.emplace_back(
          "openphone-signature needs the secret shown by the app, base64 of 16 bytes or more"
      );
      break;
    case scheme::hex:
      hints.emplace_back("x-openphone-signature-v1 needs a key given as text, bare or as hex:TEXT");
  }
}

void explain_missing(const refused_delivery& refused, std::vector<std::string>& hints) {
  const auto given = [&](std::string_view prefix) {
    return std::any_of(
        refused.header_names.begin(), refused.header_names.end(),
        [&](const std::string& name) { return name.starts_with(prefix); }
    );
  };
  if (given("svix-"))
    hints.emplace_back("svix- headers are not accepted: the provider documents webhook- names");
  if (given("x-openphone-signature") && refused.headers.hex.count == 0)
    hints.emplace_back("the name of the header is x-openphone-signature-v1");
  if (refused.verdict.decided_by) return;
  hints.emplace_back(
      "looked for x-openphone-signature-v1, openphone-signature, or webhook-id with "
      "webhook-timestamp and webhook-signature"
  );
}

void explain_stale(const refused_delivery& refused, std::vector<std::string>& hints) {
  const auto form = signature::read_form(refused.headers);
  if (refused.verdict.decided_by == scheme::standard && form.offers[0].timestamp.size() >= 12)
    hints.emplace_back("webhook-timestamp is in seconds; this one looks like milliseconds");
  signature::windows any;
  any.max_clock_skew = any.legacy_max_age = any.legacy_max_ahead = std::chrono::seconds::max();
  const bool right =
      signature::verify(refused.ring, refused.headers, refused.body, refused.at, any).valid;
  hints.emplace_back(
      right ? "the signature itself is right: only the time is out of the window (clock of this "
              "host or --at, a replay, or --max-clock-skew and --legacy-max-age)"
            : "the signature does not match either"
  );
}

}  // namespace

std::vector<std::string> explain(const refused_delivery& refused) {
  std::vector<std::string> hints;
  switch (refused.verdict.reason) {
    case refusal::missing:
      explain_missing(refused, hints);
      break;
    case refusal::stale:
      explain_stale(refused, hints);
      break;
    case refusal::no_key:
      explain_no_key(refused, hints);
      break;
    case refusal::mismatch:
      explain_mismatch(refused, hints);
      break;
    case refusal::malformed:
    case refusal::doubled:
      break;  // the detail says it all
  }
  return hints;
}

}  // namespace trunkline::cli
