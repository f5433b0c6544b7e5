// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.hpp"
#include "common/signature/signature.hpp"

namespace trunkline::cli {

struct refused_delivery {
  const signature::verdict& verdict;
  const signature::headers& headers;
  const std::vector<std::string>& header_names;  // all that were given, lower case
  std::string_view body;
  std::int64_t at;  // Unix seconds
  const std::vector<std::string>& key_texts;
  const signature::key_ring& ring;
};

// Why a signature does not hold, in sentences that help; no secrets, no digests.
std::vector<std::string> explain(const refused_delivery&);

}  // namespace trunkline::cli
