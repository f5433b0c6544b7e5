// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::store {

struct store_options {
  // As given by the user. "" leaves everything to libpq.
  std::string conninfo;
  std::string application_name = "trunkline-worker";
  std::chrono::milliseconds lock_timeout{2000};
  std::chrono::milliseconds statement_timeout{10000};
  std::chrono::milliseconds idle_timeout{15000};
  // Configured own numbers, E.164.
  std::vector<std::string> own_numbers;
  // Minimum number of events whose rows are written by COPY, which takes two more round trips but
  // less work per row.
  std::size_t copy_from = 32;
  // For tests: returns another text for a named statement, or "" to keep it.
  std::function<std::string(std::string_view name)> statement_override;
};

}  // namespace trunkline::store
