// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/output.hpp"
#include "cli/send/signed_delivery.hpp"

// Text and JSON of `trunkline send`.
namespace trunkline::cli {

struct cleanup {
  bool kept = false;
  std::string prefix;   // of the ids of the run
  std::string problem;  // why rows may be left, or ""
};

std::string
as_line(const delivery_result&);  // "ok    call.completed  accepted as ..., stored in 120 ms"
std::string as_line(const cleanup&);
std::string as_json(const std::vector<delivery_result>&, const std::optional<cleanup>&);
// Returns a curl command that sends the delivery. data: the body, or @FILE.
std::string curl_command(
    const std::string& url, const delivery_signature& signature, const std::string& data
);

}  // namespace trunkline::cli
