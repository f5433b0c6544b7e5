// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/redis/client.hpp"

// Values inside the replies of Redis.
namespace trunkline::admin {

// Returns the integer at the start of the text, or nullopt if there is none.
std::optional<std::int64_t> parse_integer(std::string_view text);

// Returns the value of a name in a flat reply of names and values (HGETALL, CONFIG GET, XINFO), or
// nullopt if the reply does not contain the name.
std::optional<std::string> text_field(const redis::reply& pairs, std::string_view name);
// Returns all of them; integers as text.
std::map<std::string, std::string> all_fields(const redis::reply& pairs);

// Returns the fields of an INFO reply.
std::map<std::string, std::string> info_fields(std::string_view info);

}  // namespace trunkline::admin
