// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace trunkline::store {

using number_set = std::set<std::string, std::less<>>;

// The registers of one activity that columns of other rows depend on. Lists are sorted and
// distinct.
struct registers {
  std::optional<std::string> contact_hint;
  // May be omitted if there is a hint.
  std::vector<std::string> parties;
  // The first element may stand for all.
  std::vector<std::string> conv_refs;
  std::vector<std::string> party_keys;
};

}  // namespace trunkline::store
