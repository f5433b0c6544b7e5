// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline {

std::string hex_encode(std::string_view bytes);                // lower case
std::optional<std::string> hex_decode(std::string_view text);  // either case, even length
std::string base64_encode(std::string_view bytes);             // standard alphabet, padded
std::optional<std::string> base64_decode(std::string_view text
);  // strict: alphabet, padding, no spaces, zero tail bits
std::optional<std::string> percent_decode(std::string_view text
);  // "%41" -> "A"; a bad escape is nullopt

using sha256_digest = std::array<unsigned char, 32>;
sha256_digest sha256(std::string_view bytes);
std::string_view as_bytes(const sha256_digest& digest);  // view into digest

// 26 characters of Crockford base32: 48 bits of milliseconds, 80 bits of randomness; sorts by time.
std::string make_delivery_id(std::int64_t unix_ms);

}  // namespace trunkline
