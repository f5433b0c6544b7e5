// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/redis/reply.hpp"
#include "common/signature/signature.hpp"

// The contract between gateway and worker: keys in Redis and the fields of an entry. No other file
// has these names. All keys of one installation share a hash slot: {namespace}:...
namespace trunkline::stream {

inline constexpr std::string_view group = "workers";
// The consumer of entries that were released without an outcome.
inline constexpr std::string_view released_consumer = "released";

// Returns {ns}:deliveries.
std::string deliveries_key(std::string_view ns);
// Returns {ns}:minute:<n>, a hash with the counters of the gateways in one minute, kept for 2 h:
// fields "accepted" and "refused:<reason>"; "gateway:<id>" is "open", or "closed" after its last
// counters; "at_least" is set if counts may be missing.
std::string minute_key(std::string_view ns, std::int64_t unix_minute);
// Returns {ns}:gateway:<id> or {ns}:worker:<id>, a hash with the process info of a running process,
// which expires 30 s after its last heartbeat.
std::string process_key(std::string_view ns, std::string_view kind, std::string_view id);
// Returns the pattern of process_key() for SCAN.
std::string process_pattern(std::string_view ns, std::string_view kind);

// An accepted delivery. The names of its fields in the stream are short, because they are stored
// with every entry.
struct delivery {
  // Field b: the bytes as received.
  std::string body;
  // Field t: Unix milliseconds.
  std::int64_t received_at_ms = 0;
  // Field s: "hex", "legacy" or "standard".
  signature::scheme scheme{};
  // Field k.
  int key_index = 0;
  // Field w: webhook-id, if the standard scheme verified it.
  std::string provider_delivery_id;
  // Field d: the id in the response header Trunkline-Delivery-Id.
  std::string delivery_id;
};

// Appends XADD <key> * d .. t .. s .. k .. [w ..] b <body>, in wire form.
void append_xadd(std::string& wire, std::string_view key, const delivery&, std::string_view body);

struct entry {
  // Stream id, "1795194181310-0".
  std::string id;
  // Nullopt if the entry was deleted meanwhile or has no body.
  std::optional<delivery> content;
  // The reason why content is absent.
  std::string problem;
};
// Decodes one element of an XREADGROUP, XCLAIM or XRANGE reply: [id, [field, value, ...]]. Only the
// body is required: an unreadable time is taken from the id, other fields keep their defaults.
entry decode_entry(const redis::reply&);
// Moves the body instead of copying it.
entry decode_entry(redis::reply&&);

}  // namespace trunkline::stream
