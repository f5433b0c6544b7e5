// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "parse/facts.hpp"

// Converts rows of the old service into events that could have created them. Pure functions; rows
// are JSON of row_to_json(). The dates of such rows are not reliable, so the events have none:
// where the newest value counts, any event with a date takes precedence.
namespace trunkline::admin {

struct converted_row {
  std::vector<parse::event> events;
  // Why the row cannot be imported, or empty.
  std::string error;
};
// In E.164.
using own_numbers = std::set<std::string, std::less<>>;

// conversation is conversation.openphone_id, contact is contact.phone.
converted_row convert_activity(
    std::string_view row, const std::optional<std::string>& conversation,
    const std::optional<std::string>& contact, const own_numbers& known
);
// The id of the contact card is prefix, "contact-" and the id of the row.
converted_row convert_contact(std::string_view row, const std::string& prefix);
converted_row convert_own_number(const std::optional<std::string>& phone);

}  // namespace trunkline::admin
