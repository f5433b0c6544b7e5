// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/redis/reply.hpp"
#include "common/signature/signature.hpp"

// What gateway and worker agree on: names in Redis and the fields of an entry. The only file that
// spells them. All keys of one installation share a hash slot: {namespace}:...
namespace trunkline::stream {

inline constexpr std::string_view group = "workers";
inline constexpr std::string_view released_consumer =
    "released";  // holds what was given back without an outcome

std::string deliveries_key(std::string_view ns);  // {ns}:deliveries
// Per-minute figures of the gateways, kept 2 h: fields "accepted" and "refused:<reason>";
// "gateway:<id>": "open" or, after its last word, "closed"; "at_least" where some were lost.
std::string minute_key(std::string_view ns, std::int64_t unix_minute);  // {ns}:minute:<n>
// A running process' card, a hash that expires 30 s after its last heartbeat.
std::string process_key(
    std::string_view ns, std::string_view kind, std::string_view id
);  // {ns}:gateway:<id>, {ns}:worker:<id>
std::string process_pattern(std::string_view ns, std::string_view kind);  // for SCAN

// An accepted delivery as it travels. Field names are short: they are stored a million times.
struct delivery {
  std::string body;                  // b: byte for byte as received
  std::int64_t received_at_ms = 0;   // t: unix milliseconds
  signature::scheme scheme{};        // s: "hex" | "legacy" | "standard"
  int key_index = 0;                 // k
  std::string provider_delivery_id;  // w: webhook-id, only where the Standard scheme verified it
  std::string delivery_id;           // d: ours, answered as Trunkline-Delivery-Id
};

// Appends XADD <key> * d .. t .. s .. k .. [w ..] b <body>, in wire form.
void append_xadd(std::string& wire, std::string_view key, const delivery&, std::string_view body);

struct entry {
  std::string id;                   // stream id, "1795194181310-0"
  std::optional<delivery> content;  // absent: deleted under us (nil) or without our fields
  std::string problem;              // why content is absent
};
// One element of an XREADGROUP/XCLAIM/XRANGE reply: [id, [field, value, ...]].
// Only the body is required: an unreadable time is taken from the id, other fields keep their
// defaults.
entry decode_entry(const redis::reply&);
entry decode_entry(redis::reply&&);  // moves the body out instead of copying it

}  // namespace trunkline::stream
