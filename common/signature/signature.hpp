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
// The strongest scheme whose headers are present decides alone: standard, then legacy, then hex.
//
// Choices where the documentation of the provider is silent:
// - hex: a prefix "sha256=" is matched case-insensitively; the digits are lower case only.
// - standard: svix-* header names are not accepted, only webhook-* is documented. An id has 1 to
//   255 visible ASCII characters and no dot: a dot would let bytes move between id and body.
// - legacy: the received bytes are verified, never a re-serialised form of them.
// - A list of more than 16 signatures is malformed. One match in a list is enough; entries of an
//   unknown version or form are skipped.
namespace trunkline::signature {

enum class scheme { hex, legacy, standard };
std::string_view to_string(scheme);  // "hex", "legacy", "standard"
std::optional<scheme> scheme_from(std::string_view name);

// The reason of a rejected signature: a metric label and a log field, never sent to the sender.
enum class refusal { missing, malformed, stale, mismatch, doubled, no_key };
std::string_view to_string(refusal);  // "missing", "malformed", ...

// The keys of a gateway. Immutable after construction: share it between threads, replace it as a
// whole on reload.
class key_ring {
 public:
  key_ring();
  // Wipes the keys.
  ~key_ring();
  key_ring(key_ring&&) noexcept;
  key_ring& operator=(key_ring&&) noexcept;

  // Adds whsec_BASE64, legacy:BASE64, hex:TEXT or bare text. Returns an empty string on success,
  // otherwise the error, which never has the key. Bare text is a key of hex, and also of legacy if
  // it is base64 of at least 16 bytes. whsec_ requires 16 to 64 bytes and accepts missing padding;
  // legacy: requires at least 16 bytes and strict base64. A repeated text changes nothing.
  std::string add(std::string_view text);
  std::size_t size() const;
  // Returns "standard", "hex" or "hex+legacy", for logs.
  std::string schemes(std::size_t index) const;
  // Returns the first 8 hex digits of the SHA-256 of the text.
  std::string fingerprint(std::size_t index) const;
  bool serves(scheme) const;

  struct impl;
  const impl& get() const { return *impl_; }

 private:
  std::unique_ptr<impl> impl_;
};

// Splits a keys file or TRUNKLINE_SIGNING_KEYS into keys, one per line. Blank lines and # comments
// are skipped, CR and blanks trimmed.
std::vector<std::string> split_keys(std::string_view text);

// A header field as received. count is above 1 for a duplicate field.
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
  // Standard scheme, in both directions.
  std::chrono::seconds max_clock_skew{300};
  // Retries of the legacy scheme may have the timestamp of the first attempt.
  std::chrono::seconds legacy_max_age{72 * 3600};
  std::chrono::seconds legacy_max_ahead{300};
};

struct verdict {
  bool valid = false;
  // The scheme that decided, even if invalid; nullopt without signature headers.
  std::optional<scheme> decided_by;
  // Set if valid.
  std::size_t key_index = 0;
  // Set if valid in the standard scheme; a view into the header.
  std::string_view provider_delivery_id;
  // Set if invalid.
  refusal reason = refusal::missing;
  // Set if invalid; for `trunkline verify` and debug logs, without secrets and digests.
  std::string detail;
};

verdict
verify(const key_ring&, const headers&, std::string_view body, std::int64_t now_unix_seconds, const windows&);

// Checks the form of the headers before the body has arrived (for 100-continue). Returns nullopt if
// the headers of the deciding scheme are present, single and well-formed.
std::optional<refusal> check_form(const headers&);

// Signs like the provider, with the first key of the scheme. Returns the header fields (name,
// value), or nullopt if there is no such key. Only the standard scheme uses id.
struct signed_headers {
  std::vector<std::pair<std::string, std::string>> fields;
};
std::optional<signed_headers> sign(
    const key_ring&, scheme, std::string_view body, std::int64_t now_unix_ms, std::string_view id
);

// Returns the 32 raw bytes of the HMAC-SHA256.
std::string hmac_sha256(std::string_view key, std::string_view message);

}  // namespace trunkline::signature
