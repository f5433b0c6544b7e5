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

// What Redis knows of deliveries that are not rows yet, and of those that were refused. Needs no
// more than the operator's user of deploy/redis-users.conf.
namespace trunkline::admin {

// Ids of stream entries, "1795194181310-0". What is no such id is never later.
bool is_later_entry(std::string_view id, std::string_view than);

class stream_look {
 public:
  explicit stream_look(const config::common_options&);
  ~stream_look();

  // The id of the newest entry that was ever added; "0-0" where there was none. "" and problem().
  std::string newest();
  // Entries after that one ("": all), oldest first, until done() or the time is over. False: not
  // all were seen; problem() says why, if it is not for lack of time.
  bool each_after(
      const std::string& id, std::chrono::milliseconds time,
      const std::function<void(const stream::entry&)>& visit, const std::function<bool()>& done
  );
  // What gateways refused in the last two hours, by minute and reason.
  using refusals = std::map<std::pair<std::int64_t, std::string>, std::int64_t>;
  refusals refused();

  const std::string& problem() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::admin
