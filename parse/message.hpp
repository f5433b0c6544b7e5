// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parse/envelope.hpp"
#include "parse/facts.hpp"

namespace trunkline::parse {

// Reads text, media and error of a message.
void read_message(const envelope& from, activity_facts& facts);

}  // namespace trunkline::parse
