// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

// The events that `trunkline send` makes up, and what must be in the tables after each.
#include "cli/output.hpp"

namespace trunkline::cli {

// What a run may be told apart by: everything it makes carries one of these.
struct run_names {
  std::string prefix;   // "TRUNKLINE-TEST-7Q2M4X9KBD-", start of every id
  std::string contact;  // fictitious numbers, E.164
  std::string ours;
  std::string forwarded_to;
  std::string conversation() const { return prefix + "CONV"; }
};

struct expectation {
  std::string what;    // for people: "status"
  std::string column;  // SQL expression over the row of activities, shown as text
  std::string value;
};

struct sample {
  std::string event_type;
  std::string body;
  std::string activity_id;
  std::vector<expectation> expected;
};

// word: all, media, ai or full. now: Unix milliseconds; the events lie minutes before it.
std::vector<sample> make_samples(const std::string& word, const run_names&, std::int64_t now_ms);
bool is_sample_word(const std::string& word);

}  // namespace trunkline::cli
