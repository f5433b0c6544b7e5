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

// What we decide about a request: pure functions of its bytes, the keys and the time given.
namespace trunkline::gateway {

// application/json or a +json type, with or without parameters.
bool is_json_type(std::string_view content_type);

// What the header section alone decides, before any byte of the body: absent means read on.
std::optional<outcome> refuse_head(const request_head&, std::size_t max_body);
// The same for a sender that waits for 100 Continue: a signature that is missing or malformed
// refuses now.
std::optional<outcome> refuse_expectation(const request_head&);

struct decision {
  outcome what = outcome::accepted;
  stream::delivery entry;  // accepted only; its body is the one given, and is not copied
  bool odd_type = false;   // accepted with a Content-Type that is not JSON
  std::string detail;      // refused: for debug logs, no secrets
};
decision decide(
    const signature::key_ring&, const signature::windows&, const request_head&,
    std::string_view body, std::string delivery_id, std::int64_t now_ms
);

// The outcome that a refusal of the signature is counted as.
outcome outcome_of(signature::refusal);

}  // namespace trunkline::gateway
