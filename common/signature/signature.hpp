// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The three signature schemes of the provider: pure functions over bytes, no I/O, no clock.
//   hex       x-openphone-signature-v1: lower-case hex of HMAC-SHA256(key as text, body)
//   legacy    openphone-signature: hmac;1;<ts>;<base64>, one or a comma list; key base64-decoded,
//             over "<ts>.<body>" with <ts> as it stands in the header; 12 digits or more are ms
//   standard  webhook-id, webhook-timestamp, webhook-signature: Standard Webhooks
// Where headers of a stronger family are present it alone decides: standard > legacy > hex.
//
// What the provider leaves open, and what we chose:
// - hex: a prefix "sha256=" is accepted in any case; the digits are lower case only.
// - standard: svix-* header names are not accepted, only webhook-* is documented. An id has 1 to
//   255 visible ASCII characters and no dot: a dot would let bytes move between id and body.
// - legacy: only the bytes received are verified, never a re-serialised form of them.
// - A list of more than 16 signatures is malformed. Of a list any match passes; entries of an
//   unknown version or form are skipped.
namespace trunkline::signature {

enum class scheme { hex, legacy, standard };
std::string_view to_string(scheme);  // "hex", "legacy", "standard"
std::optional<scheme> scheme_from(std::string_view name);

// Why a delivery was refused; a metric label and log field, never told to the sender.
enum class refusal { missing, malformed, stale, mismatch, doubled, no_key };
std::string_view to_string(refusal);  // "missing", "malformed", ...

// The keys of a gateway. Immutable after construction: share it between threads, replace it as a
// whole on reload.
class key_ring {
 public:
  key_ring();
  ~key_ring();  // wipes the key bytes
  key_ring(key_ring&&) noexcept;
  key_ring& operator=(key_ring&&) noexcept;

  // text: whsec_BASE64 | legacy:BASE64 | hex:TEXT | bare text. Empty on success, else what is wrong
  // (never the key). Bare text serves hex, and legacy too if it decodes as base64 of 16 bytes or
  // more. whsec_ takes 16 to 64 bytes and forgives missing padding; legacy: takes 16 bytes or more,
  // strict. The same text again changes nothing.
  std::string add(std::string_view text);
  std::size_t size() const;
  // "standard", "hex" or "hex+legacy"; for start-up logs together with fingerprint().
  std::string schemes(std::size_t index) const;
  // First 8 hex digits of SHA-256 over the text given.
  std::string fingerprint(std::size_t index) const;
  bool serves(scheme) const;

  struct impl;
  const impl& get() const { return *impl_; }

 private:
  std::unique_ptr<impl> impl_;
};

// One line of a keys file or of TRUNKLINE_SIGNING_KEYS each; blank lines and # comments skipped, CR
// and blanks trimmed.
std::vector<std::string> split_keys(std::string_view text);

// The header fields that matter, as received; count tells a doubled one from a single one.
struct header {
  std::string_view value;
  int count = 0;
};
struct headers {
  header hex;     // x-openphone-signature-v1
  header legacy;  // openphone-signature
  header webhook_id, webhook_timestamp, webhook_signature;
};

struct windows {
  std::chrono::seconds max_clock_skew{300};        // Standard Webhooks, both ways
  std::chrono::seconds legacy_max_age{72 * 3600};  // retries may carry the first timestamp
  std::chrono::seconds legacy_max_ahead{300};
};

struct verdict {
  bool valid = false;
  // The family that decided, also on refusal (absent: no headers).
  std::optional<scheme> decided_by;
  std::size_t key_index = 0;              // valid only
  std::string_view provider_delivery_id;  // standard and valid only; view into the header
  refusal reason = refusal::missing;      // invalid only
  // Invalid only: for `trunkline verify` and debug logs, no secrets, no digests.
  std::string detail;
};

verdict
verify(const key_ring&, const headers&, std::string_view body, std::int64_t now_unix_seconds, const windows&);

// The form check alone, before the body is there (for 100-continue): valid if some family's headers
// are present, single and well-formed.
std::optional<refusal> check_form(const headers&);

// Signs as the provider would, with the first key that serves the scheme; nullopt if none does.
// Returns header lines (name, value). id is used by standard only.
struct signed_headers {
  std::vector<std::pair<std::string, std::string>> fields;
};
std::optional<signed_headers> sign(
    const key_ring&, scheme, std::string_view body, std::int64_t now_unix_ms, std::string_view id
);

// HMAC-SHA256 in one call, raw 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

}  // namespace trunkline::signature
