// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "admin/queue/queue_readers.hpp"
#include "common/log/log.hpp"

namespace trunkline::exporter {

using namespace admin;  // the exporter is a front end of what operators can read

struct queue_samples {
  reading<redis_state> redis;
  reading<postgres_state> postgres;
};

// Reads both servers every two seconds, so that a scrape queries neither. A server that hangs does
// not delay the other one; its reader is abandoned with its thread.
class queue_sampler {
 public:
  queue_sampler(const config::common_options&, logger);
  ~queue_sampler();
  // Returns the latest readings. One that is older than ten seconds is unknown.
  queue_samples latest() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::exporter
