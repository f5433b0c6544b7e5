// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

// Limits for JSON that the provider sends. Deeper nesting makes the event dead; any other limit
// removes only the value that exceeds it (docs/events.md).
namespace trunkline::parse {

// Levels of arrays and objects.
inline constexpr int max_json_depth = 64;

// Bytes of an id, a name, a type, an e-mail address or an error code.
inline constexpr std::size_t max_short_text = 255;
inline constexpr std::size_t max_url = 8192;
inline constexpr std::size_t max_phone_number = 64;

// Elements of a list that are read.
inline constexpr std::size_t max_list = 1000;

// Numbers inside JSON that a row keeps: jsonb rejects or expands what exceeds these.
inline constexpr std::size_t max_number_length = 40;
inline constexpr int max_number_exponent = 99;

}  // namespace trunkline::parse
