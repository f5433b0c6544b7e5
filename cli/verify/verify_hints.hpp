// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/signature/signature.hpp"

namespace trunkline::cli {

struct invalid_delivery {
  const signature::verdict& verdict;
  const signature::headers& headers;
  const std::vector<std::string>& header_names;  // of all headers, in lower case
  std::string_view body;
  std::int64_t at;  // Unix seconds
  const std::vector<std::string>& key_texts;
  const signature::key_ring& ring;
};

// Returns sentences that explain why the signature is not valid. They contain no keys and no
// digests.
std::vector<std::string> explain(const invalid_delivery&);

}  // namespace trunkline::cli
