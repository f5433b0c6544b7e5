// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "common/signature/hmac.hpp"
#include "common/signature/signature.hpp"

// Parses the signature headers of a delivery: the scheme that decides and its signatures. Needs
// neither keys nor the body.
namespace trunkline::signature {

inline constexpr std::size_t max_offers = 16;

// One signature of the sender.
struct offer {
  // As in the header, because these bytes are signed.
  std::string_view timestamp;
  // The timestamp in Unix seconds.
  std::int64_t at = 0;
  mac digest{};
};

struct form {
  // nullopt if there are no signature headers.
  std::optional<scheme> family;
  std::optional<refusal> error;
  // Explains the error.
  std::string detail;
  std::array<offer, max_offers> offers;
  std::size_t count = 0;
};

form read_form(const headers&);

}  // namespace trunkline::signature
