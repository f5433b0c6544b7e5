// SPDX-License-Identifier: Apache-2.0
#include "store/merge/contact_choice.hpp"

#include "parse/phone_number.hpp"

namespace trunkline::store {

std::optional<std::string> choose_contact(const registers& of, const number_set& own_numbers) {
  if (of.contact_hint) return of.contact_hint;
  const std::string* other = nullptr;
  for (const auto& party : of.parties) {
    if (own_numbers.contains(party)) continue;
    if (other != nullptr) return std::nullopt;
    other = &party;
  }
  if (other == nullptr || !parse::is_e164(*other)) return std::nullopt;
  return *other;
}

}  // namespace trunkline::store
