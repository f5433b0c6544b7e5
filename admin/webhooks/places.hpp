// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "admin/database.hpp"
#include "openphone/shapes.hpp"
#include "admin/webhooks/arrivals.hpp"
#include "admin/webhooks/stream_look.hpp"

// Where deliveries are that the provider knows of.
namespace trunkline::admin {

enum class place {
  row,      // in webhook_events, whatever its state: retrying and dead as well
  queue,    // in Redis, not applied yet
  missing,  // nowhere
  unknown   // no row, and Redis could not be looked through
};
std::string_view to_string(place);

struct located {
  place where = place::unknown;
  arrival row;        // place::row
  std::string entry;  // place::queue: of the stream
};
struct locations {
  std::vector<located> of;    // one for each delivery, in the same order
  std::string redis_problem;  // why Redis could not be asked; "" too if it was too much to look at
  bool whole_queue = true;    // false: Redis was not looked through to the end
  std::optional<database_failure> failure;
};
// Redis is asked for those without a row, at most for so long; then Postgres again, since an entry
// leaves Redis when its row is there.
locations locate(
    database&, stream_look&, const std::vector<openphone::delivery>&, std::chrono::milliseconds time
);

}  // namespace trunkline::admin
