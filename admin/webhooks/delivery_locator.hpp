// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "admin/database.hpp"
#include "admin/webhooks/delivery_rows.hpp"
#include "admin/webhooks/stream_scan.hpp"
#include "openphone/models.hpp"

// Finds the deliveries of the provider's log in PostgreSQL and Redis.
namespace trunkline::admin {

enum class place {
  row,      // in webhook_events, in any state, retrying and dead included
  queue,    // in Redis, not applied yet
  missing,  // in neither
  unknown   // no row, and Redis was not searched to its end
};
std::string_view to_string(place);

struct located_delivery {
  place where = place::unknown;
  // Set for place::row.
  delivery_row row;
  // Id of the stream entry, for place::queue.
  std::string entry;
};
struct located_deliveries {
  // In the order of the deliveries.
  std::vector<located_delivery> of;
  // Why Redis could not be read; empty also if it has too many entries to search.
  std::string redis_error;
  // False: Redis was not searched to its end.
  bool whole_queue = true;
  std::optional<database_failure> failure;
};
// Searches PostgreSQL; Redis, for at most that time, for deliveries without a row; and PostgreSQL
// again, because an entry leaves Redis once its row exists.
located_deliveries locate(
    database&, stream_scan&, const std::vector<openphone::delivery>&, std::chrono::milliseconds time
);

}  // namespace trunkline::admin
