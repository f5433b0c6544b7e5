// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkline {

// Encodes in lower case.
std::string hex_encode(std::string_view bytes);
// Accepts both cases and an even length.
std::optional<std::string> hex_decode(std::string_view text);
// Encodes in the standard alphabet with padding.
std::string base64_encode(std::string_view bytes);
// Strict: standard alphabet, padding, no spaces, zero tail bits.
std::optional<std::string> base64_decode(std::string_view text);
// Decodes "%41" to "A". Returns nullopt for an invalid escape.
std::optional<std::string> percent_decode(std::string_view text);

using sha256_digest = std::array<unsigned char, 32>;
sha256_digest sha256(std::string_view bytes);
// Returns a view into digest.
std::string_view as_bytes(const sha256_digest& digest);

// Returns 26 characters of Crockford base32: 48 bits of milliseconds and 80 random bits. Ids sort
// by time.
std::string make_delivery_id(std::int64_t unix_ms);

}  // namespace trunkline
