// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "store/merge/registers.hpp"

namespace trunkline::store {

// Returns the phone number of an activity's contact: the hint of an event that states which side is
// which, else the only party that is not an own number. Returns nullopt if there is no such party,
// more than one, or if it is not an E.164 number. The order of parties never matters.
std::optional<std::string> choose_contact(const registers&, const number_set& own_numbers);

}  // namespace trunkline::store
