// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <optional>
#include <vector>

#include "common/signature/hmac.hpp"
#include "common/signature/signature.hpp"
#include "common/text/encoding.hpp"

namespace trunkline::signature {

// One configured key, prepared for each of its schemes. The text itself is not kept.
struct prepared_key {
  // Digest of the text, for the fingerprint and to recognise a repeated key.
  sha256_digest text_digest{};
  // Indexed by scheme.
  std::array<std::optional<hmac_key>, 3> of_scheme;
  const hmac_key* find(scheme which) const {
    const auto& slot = of_scheme[static_cast<std::size_t>(which)];
    return slot ? &*slot : nullptr;
  }
};

struct key_ring::impl {
  std::vector<prepared_key> keys;
};

}  // namespace trunkline::signature
