// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "common/process/common_options.hpp"
#include "common/stream/contract.hpp"

// Reads deliveries without a row, and counts of rejected requests, from Redis. Requires only the
// privileges of the operator's user of deploy/redis-users.conf.
namespace trunkline::admin {

// Compares ids of stream entries, such as "1795194181310-0". Returns false if either is invalid.
bool is_later_entry(std::string_view id, std::string_view than);

class stream_scan {
 public:
  explicit stream_scan(const config::common_options&);
  ~stream_scan();

  // Returns the id of the newest entry ever added, or "0-0" if there was none. Returns an empty
  // string and sets error() if Redis cannot be read.
  std::string newest();
  // Visits the entries after that id, or all if it is empty, oldest first, until done() returns
  // true or the time limit is reached. Returns false if entries remain; error() is set unless the
  // time limit was reached.
  bool each_after(
      const std::string& id, std::chrono::milliseconds time,
      const std::function<void(const stream::entry&)>& visit, const std::function<bool()>& done
  );
  // Returns the requests that gateways rejected in the last two hours, by minute and reason.
  using rejections = std::map<std::pair<std::int64_t, std::string>, std::int64_t>;
  rejections rejected();

  const std::string& error() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::admin
