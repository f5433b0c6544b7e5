// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parse/envelope.hpp"
#include "parse/facts.hpp"

namespace trunkline::parse {

// Reads the content and the processing status of summary and transcript events.
void read_ai_content(const envelope& from, activity_facts& facts);

}  // namespace trunkline::parse
