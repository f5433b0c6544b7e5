// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <optional>
#include <vector>

#include "common/text/encoding.hpp"
#include "common/signature/hmac.hpp"
#include "common/signature/signature.hpp"

namespace trunkline::signature {

// One key as configured: prepared for each scheme that it serves. The text itself is not kept.
struct prepared_key {
  sha256_digest text_digest{};  // of the text given: fingerprint and recognising a repetition
  std::array<std::optional<hmac_key>, 3> of_scheme;  // by scheme
  const hmac_key* find(scheme which) const {
    const auto& slot = of_scheme[static_cast<std::size_t>(which)];
    return slot ? &*slot : nullptr;
  }
};

struct key_ring::impl {
  std::vector<prepared_key> keys;
};

}  // namespace trunkline::signature
