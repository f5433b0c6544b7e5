// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/output.hpp"
#include "cli/send/signed_delivery.hpp"

// What `trunkline send` prints.
namespace trunkline::cli {

struct cleanup {
  bool kept = false;
  std::string prefix;   // of the ids of the run
  std::string problem;  // why rows may be left
};

std::string line_of(const step&);  // "ok    call.completed  accepted as ..., stored in 120 ms"
std::string line_of(const cleanup&);
std::string json_of(const std::vector<step>&, const std::optional<cleanup>&);
// data: the body itself, or @FILE.
std::string curl_command(
    const std::string& url, const signed_delivery& delivery, const std::string& data
);

}  // namespace trunkline::cli
