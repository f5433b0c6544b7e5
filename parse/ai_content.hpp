// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parse/envelope.hpp"
#include "parse/facts.hpp"

namespace trunkline::parse {

// Summary and transcript events, and how far the provider got with them.
void read_ai_content(const envelope& from, activity_facts& facts);

}  // namespace trunkline::parse
