// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "parse/facts.hpp"

// A row of the old service as the events that may have made it. Pure: rows come in as JSON
// (row_to_json). What such a row says has no date that can be trusted, so its facts carry none: any
// event with a date wins, wherever the newest counts.
namespace trunkline::admin {

struct told_row {
  std::vector<parse::event> events;
  std::string problem;  // why nothing could be taken of the row
};
using phone_lines = std::set<std::string, std::less<>>;  // our own, E.164

// thread: conversation.openphone_id. contact: contact.phone.
told_row tell_activity(
    std::string_view row, const std::optional<std::string>& thread,
    const std::optional<std::string>& contact, const phone_lines& ours
);
// prefix: of the card's id, which is made of the row's.
told_row tell_contact(std::string_view row, const std::string& prefix);
// A line of ours.
told_row tell_line(const std::optional<std::string>& phone);

}  // namespace trunkline::admin
