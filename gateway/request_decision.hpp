// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/signature/signature.hpp"
#include "common/stream/contract.hpp"
#include "gateway/outcome.hpp"
#include "gateway/request_reader.hpp"

// Accepts or rejects a request: pure functions of its bytes, the signing keys and the time.
namespace trunkline::gateway {

// Returns true for application/json and +json types, with or without parameters.
bool is_json_type(std::string_view content_type);

// Returns the outcome if the header section alone rejects the request, or nullopt if the body has
// to be read.
std::optional<outcome> reject_head(const request_head&, std::size_t max_body);
// Does the same for a sender that waits for 100 Continue: a missing or malformed signature is
// rejected before the body.
std::optional<outcome> reject_expectation(const request_head&);

struct decision {
  outcome value = outcome::accepted;
  // Set if accepted. The body is not copied.
  stream::delivery entry;
  // Accepted although the Content-Type is not JSON.
  bool non_json_type = false;
  // Set if rejected; for debug logs, without secrets.
  std::string detail;
};
decision decide(
    const signature::key_ring&, const signature::windows&, const request_head&,
    std::string_view body, std::string delivery_id, std::int64_t now_ms
);

// Returns the outcome that a rejected signature is counted as.
outcome outcome_of(signature::refusal);

}  // namespace trunkline::gateway
