// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "parse/facts.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

// A recording, its call and the stamp of its event.
struct recording_of_call {
  const std::string* call_id;
  parse::optional_time stamp;
  const parse::recording_facts* facts;
};

// Joins recordings into their rows.
void merge_recordings(session&, const std::vector<recording_of_call>& recordings);

}  // namespace trunkline::store
