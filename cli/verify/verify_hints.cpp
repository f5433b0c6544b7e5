// SPDX-License-Identifier: Apache-2.0
// Explains a mismatch by trying the usual mistakes: changed bytes of the body, another form of the
// key, another message under the HMAC. The combination with the fewest mistakes is reported.
#include "cli/verify/verify_hints.hpp"

#include <algorithm>
#include <optional>

#include "common/signature/form.hpp"
#include "common/text/encoding.hpp"

namespace trunkline::cli {
namespace {

using signature::refusal;
using signature::scheme;

// A form that the sender may have used; `mistake` is "" for the correct one.
struct variant {
  std::string bytes;
  std::string mistake;
};

// Removes white space outside of strings, as JSON.stringify does.
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
      "the signed body has no newline at its end; this file has one");
  add(text + "\n", "the signed body has a newline at its end; this file has none");
  add(without_cr(text), "the signed body has LF line ends; this file has CRLF");
  add(with_crlf(text), "the signed body has CRLF line ends; this file has LF");
  add(compact(text), "the signed body is compact JSON; this file has other white space");
  return all;
}

// Decodes base64 with or without padding.
std::optional<std::string> decode(std::string text) {
  while (text.size() % 4 != 0) text += '=';
  return base64_decode(text);
}

std::vector<variant> keys(const std::string& text, scheme which) {
  std::string bare = text;
  for (const std::string_view prefix : {"whsec_", "legacy:", "hex:"}) {
    if (bare.starts_with(prefix)) bare.erase(0, prefix.size());
  }
  const auto decoded = decode(bare);
  const bool wants_text = which == scheme::hex;
  std::vector<variant> all;
  if (wants_text || !decoded) all.push_back({bare, ""});
  if (decoded) all.push_back({*decoded, ""});
  if (wants_text && decoded)
    all.back().mistake = "the sender used the base64-decoded key; this scheme uses it as text";
  if (!wants_text)
    all.push_back({bare, "the sender used the key as text; this scheme base64-decodes it"});
  if (text.starts_with("whsec_"))
    all.push_back({text, "the sender used the key as text with its whsec_ prefix"});
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
    all.push_back({dotted, "the sender signed timestamp.body without the id"});
  all.push_back({at + body, "the sender signed timestamp and body without a dot between them"});
  all.push_back({body, "the sender signed the body without the timestamp"});
  return all;
}

struct match {
  std::size_t key_index = 0;
  std::vector<std::string> mistakes;
};

std::optional<match> search(const invalid_delivery& delivery, const signature::form& form) {
  std::optional<match> best;
  const auto consider = [&](std::size_t index, std::initializer_list<std::string_view> mistakes) {
    match found{index, {}};
    for (const auto mistake : mistakes) {
      if (!mistake.empty()) found.mistakes.emplace_back(mistake);
    }
    if (!best || found.mistakes.size() < best->mistakes.size()) best = std::move(found);
  };
  const auto all_bodies = bodies(delivery.body);
  for (std::size_t index = 0; index < delivery.key_texts.size(); ++index) {
    for (const auto& key : keys(delivery.key_texts[index], *form.family)) {
      const signature::hmac_key prepared(key.bytes);
      for (const auto& body : all_bodies) {
        for (std::size_t i = 0; i < form.count; ++i) {
          const auto& offered = form.offers[i];
          for (const auto& message :
               messages(delivery.headers, offered, *form.family, body.bytes)) {
            if (signature::equal(prepared.sign({message.bytes}), offered.digest))
              consider(index, {key.mistake, message.mistake, body.mistake});
          }
        }
      }
    }
  }
  return best;
}

std::string key_name(const invalid_delivery& delivery, std::size_t index) {
  return "key " + std::to_string(index) + " (" + delivery.ring.fingerprint(index) + ")";
}

void explain_mismatch(const invalid_delivery& delivery, std::vector<std::string>& hints) {
  if (const auto found = search(delivery, signature::read_form(delivery.headers))) {
    const std::string name = key_name(delivery, found->key_index);
    if (found->mistakes.empty()) {
      hints.push_back(
          "it matches " + name + ", but that key is configured for " +
          delivery.ring.schemes(found->key_index) + " only: configure it in the form of this scheme"
      );
    }
    for (const auto& mistake : found->mistakes)
      hints.push_back("it would match with " + name + ": " + mistake);
    return;
  }
  hints.push_back(
      "the body has " + std::to_string(delivery.body.size()) +
      " bytes; no usual mistake explains the mismatch: it was signed with another key, or the "
      "body was changed"
  );
}

void explain_no_key(const invalid_delivery& delivery, std::vector<std::string>& hints) {
  for (std::size_t i = 0; i < delivery.ring.size(); ++i)
    hints.push_back(key_name(delivery, i) + " serves " + delivery.ring.schemes(i));
  switch (*delivery.verdict.decided_by) {
    case scheme::standard:
      hints.emplace_back("webhook- headers need the signing key of the webhook, whsec_...");
      break;
    case scheme::legacy:
      hints.emplace_back(
          "openphone-signature needs the signing key shown by the app, base64 of 16 bytes or more"
      );
      break;
    case scheme::hex:
      hints.emplace_back("x-openphone-signature-v1 needs a key as text, bare or as hex:TEXT");
  }
}

void explain_missing(const invalid_delivery& delivery, std::vector<std::string>& hints) {
  const auto has = [&](std::string_view prefix) {
    return std::any_of(
        delivery.header_names.begin(), delivery.header_names.end(),
        [&](const std::string& name) { return name.starts_with(prefix); }
    );
  };
  if (has("svix-"))
    hints.emplace_back("svix- headers are not supported: the provider documents webhook- headers");
  if (has("x-openphone-signature") && delivery.headers.hex.count == 0)
    hints.emplace_back("the name of the header is x-openphone-signature-v1");
  if (delivery.verdict.decided_by) return;
  hints.emplace_back(
      "supported are x-openphone-signature-v1, openphone-signature, and webhook-id with "
      "webhook-timestamp and webhook-signature"
  );
}

void explain_stale(const invalid_delivery& delivery, std::vector<std::string>& hints) {
  const auto form = signature::read_form(delivery.headers);
  if (delivery.verdict.decided_by == scheme::standard && form.offers[0].timestamp.size() >= 12)
    hints.emplace_back("webhook-timestamp is in seconds; this one looks like milliseconds");
  signature::windows any;
  any.max_clock_skew = any.legacy_max_age = any.legacy_max_ahead = std::chrono::seconds::max();
  const bool matches =
      signature::verify(delivery.ring, delivery.headers, delivery.body, delivery.at, any).valid;
  hints.emplace_back(
      matches
          ? "the signature matches, but its time is outside the window: check --at, the clock of "
            "this machine, --max-clock-skew and --legacy-max-age"
          : "the signature does not match either"
  );
}

}  // namespace

std::vector<std::string> explain(const invalid_delivery& delivery) {
  std::vector<std::string> hints;
  switch (delivery.verdict.reason) {
    case refusal::missing:
      explain_missing(delivery, hints);
      break;
    case refusal::stale:
      explain_stale(delivery, hints);
      break;
    case refusal::no_key:
      explain_no_key(delivery, hints);
      break;
    case refusal::mismatch:
      explain_mismatch(delivery, hints);
      break;
    case refusal::malformed:
    case refusal::doubled:
      break;  // the detail explains it
  }
  return hints;
}

}  // namespace trunkline::cli
