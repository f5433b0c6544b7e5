// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

// Sample events for `trunkline send`, and what the tables must hold after each of them.
namespace trunkline::cli {

// Ids and numbers of one run. Every event of the run has them.
struct test_ids {
  std::string prefix;   // of all ids: "TRUNKLINE-TEST-7Q2M4X9KBD-"
  std::string contact;  // fictitious numbers in E.164
  std::string ours;
  std::string forwarded_to;
  std::string conversation() const { return prefix + "CONV"; }
};

struct expectation {
  std::string name;  // of a value of schema/queries/admin/send/activity.sql
  std::string value;
};

struct sample {
  std::string event_type;
  std::string body;
  std::string activity_id;
  std::vector<expectation> expected;
};

// Returns the events of a set: all, media, ai or full. They happened a few minutes before now_ms.
std::vector<sample> make_samples(const std::string& set, const test_ids&, std::int64_t now_ms);
bool is_sample_set(const std::string& name);

}  // namespace trunkline::cli
