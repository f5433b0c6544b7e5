// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>

#include "openphone/api.hpp"

// The provider's log of a webhook, page by page.
namespace trunkline::admin {

struct logged {
  std::string hook;
  openphone::delivery sent;
};
struct log_reading {
  std::vector<logged> lines;
  bool cut = false;  // not read to its end
  std::optional<openphone::failure> wrong;
};
// No page more once it is past one of them.
struct log_bounds {
  int pages = 200;  // of 50 each, the most that the provider gives
  std::size_t lines = SIZE_MAX;
};
// Appends to what is there already. progress is told the number of lines after each page.
void read_log(
    openphone::api&, const std::string& hook, const openphone::delivery_filter&, const log_bounds&,
    log_reading& into, const std::function<void(std::size_t)>& progress
);

}  // namespace trunkline::admin
