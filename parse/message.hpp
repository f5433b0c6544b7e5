// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parse/envelope.hpp"
#include "parse/facts.hpp"

namespace trunkline::parse {

// What only messages carry: text, media, error.
void read_message(const envelope& from, activity_facts& facts);

}  // namespace trunkline::parse
