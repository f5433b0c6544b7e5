// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>

#include "openphone/api.hpp"

// The provider's delivery log of a webhook, page by page.
namespace trunkline::admin {

struct log_entry {
  std::string webhook;
  openphone::delivery sent;
};
struct log_reading {
  std::vector<log_entry> lines;
  // The log was not read to its end.
  bool cut = false;
  std::optional<openphone::failure> error;
};
// Reading stops after the page that exceeds a bound.
struct log_bounds {
  // Pages of 50 deliveries, the provider's maximum.
  int pages = 200;
  std::size_t lines = SIZE_MAX;
};
// Appends to the lines already read. Calls progress with the number of lines after each page.
void read_log(
    openphone::api&, const std::string& webhook, const openphone::delivery_filter&,
    const log_bounds&, log_reading& into, const std::function<void(std::size_t)>& progress
);

// Returns the time that long ago, in the provider's format.
std::string provider_time_before(std::chrono::milliseconds age);

}  // namespace trunkline::admin
