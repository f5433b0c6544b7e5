// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "parse/normalise.hpp"

// Shared by the parser tests: facts as text, and the sample payloads.
namespace trunkline::parse {

// Returns one line per fact that has a value, in the order of the header.
std::string facts_text(const event& what);
std::string time_text(timestamp at);  // "2026-11-20T17:03:01.310000Z"

std::string read_file(const std::string& path);
std::string fixture(std::string_view name);  // path below tests/fixtures
std::vector<std::string> payload_names();    // "seed/message.received", sorted, without ".json"
std::string payload(std::string_view name);

// Returns the facts of the activity in a body. The test fails if there is none.
activity_facts activity_of(std::string_view body);
// Returns {"type": type, "data": {"object": object}}.
std::string seed_event(std::string_view type, std::string_view object);
// Returns {"type": type, "data": {"resource": resource, "context": context}}.
std::string new_event(
    std::string_view type, std::string_view resource, std::string_view context = "{}"
);

}  // namespace trunkline::parse
