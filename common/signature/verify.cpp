// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/signature/form.hpp"
#include "common/signature/keys.hpp"

namespace trunkline::signature {
namespace {

mac sign_offer(
    const hmac_key& key, const form& read, const offer& offered, const headers& all,
    std::string_view body
) {
  switch (*read.family) {
    case scheme::standard:
      return key.sign({all.webhook_id.value, ".", offered.timestamp, ".", body});
    case scheme::legacy:
      return key.sign({offered.timestamp, ".", body});
    case scheme::hex:
      break;
  }
  return key.sign({body});
}

// Removes the signatures outside the window. Returns the problem of the last one that was removed.
std::string drop_stale(form& read, std::int64_t now, const windows& allowed) {
  std::string detail;
  if (*read.family == scheme::hex) return detail;
  const bool standard = *read.family == scheme::standard;
  const std::int64_t max_age = (standard ? allowed.max_clock_skew : allowed.legacy_max_age).count();
  const std::int64_t max_ahead =
      (standard ? allowed.max_clock_skew : allowed.legacy_max_ahead).count();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < read.count; ++i) {
    const std::int64_t age = now - read.offers[i].at;
    if (age <= max_age && -age <= max_ahead) {
      read.offers[kept++] = read.offers[i];
    } else {
      detail = age > 0 ? "the timestamp is " + std::to_string(age) + " s old, at most " +
                             std::to_string(max_age) + " s are allowed"
                       : "the timestamp is " + std::to_string(-age) + " s in the future, at most " +
                             std::to_string(max_ahead) + " s are allowed";
    }
  }
  read.count = kept;
  return detail;
}

// Compares every key with every signature, without an early exit, so that the time reveals nothing
// about the keys.
std::optional<std::size_t> matching_key(
    const key_ring& ring, const form& read, const headers& all, std::string_view body
) {
  std::optional<std::size_t> found;
  const auto& keys = ring.get().keys;
  for (std::size_t index = 0; index < keys.size(); ++index) {
    const hmac_key* key = keys[index].find(*read.family);
    if (key == nullptr) continue;
    mac expected{};
    for (std::size_t i = 0; i < read.count; ++i) {
      // Signatures with the same timestamp share the HMAC: a list must not multiply the cost of a
      // large body.
      if (i == 0 || read.offers[i].timestamp != read.offers[i - 1].timestamp)
        expected = sign_offer(*key, read, read.offers[i], all, body);
      if (equal(expected, read.offers[i].digest) && !found) found = index;
    }
  }
  return found;
}

}  // namespace

verdict verify(
    const key_ring& ring, const headers& all, std::string_view body, std::int64_t now_unix_seconds,
    const windows& allowed
) {
  verdict out;
  form read = read_form(all);
  out.decided_by = read.family;
  const auto reject = [&out](refusal reason, std::string detail) {
    out.reason = reason;
    out.detail = std::move(detail);
    return out;
  };
  if (read.error) return reject(*read.error, std::move(read.detail));
  if (!ring.serves(*read.family)) {
    return reject(refusal::no_key, "no key for the scheme " + std::string(to_string(*read.family)));
  }
  std::string stale = drop_stale(read, std::max<std::int64_t>(now_unix_seconds, 0), allowed);
  if (read.count == 0) return reject(refusal::stale, std::move(stale));
  const auto index = matching_key(ring, read, all, body);
  if (!index) return reject(refusal::mismatch, "no key matches a signature of this body");
  out.valid = true;
  out.key_index = *index;
  if (*read.family == scheme::standard) out.provider_delivery_id = all.webhook_id.value;
  return out;
}

std::optional<refusal> check_form(const headers& all) {
  return read_form(all).error;
}

}  // namespace trunkline::signature
