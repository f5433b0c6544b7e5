// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parse/envelope.hpp"
#include "parse/facts.hpp"

namespace trunkline::parse {

// A version of a provider contact; all of it replaces what an older version said.
card_facts read_card(const envelope& from, std::string_view card_id);

}  // namespace trunkline::parse
