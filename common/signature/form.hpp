// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "common/signature/hmac.hpp"
#include "common/signature/signature.hpp"

// The headers of a delivery, taken apart: which family decides, and what it offers. Nothing here
// needs a key or the body.
namespace trunkline::signature {

inline constexpr std::size_t most_offers = 16;

// One signature that the sender offers.
struct offer {
  std::string_view timestamp;  // as it stands in the header; it is signed that way
  std::int64_t at = 0;         // the same in Unix seconds
  mac digest{};
};

struct form {
  std::optional<scheme> family;  // absent: no signature header at all
  std::optional<refusal> wrong;
  std::string detail;  // of wrong
  std::array<offer, most_offers> offers;
  std::size_t count = 0;
};

form read_form(const headers&);

}  // namespace trunkline::signature
