// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "common/log/log.hpp"
#include "admin/queue/queue_readers.hpp"

namespace trunkline::exporter {

using namespace admin;  // what operators can read

// What is known of both servers now; what is too old is not known.
struct queue_samples {
  reading<redis_state> redis;
  reading<postgres_state> postgres;
};

// Asks each server every 2 s, on a thread of its own that is left behind at the end: a resolver
// that hangs can't be interrupted. So a scrape costs the servers nothing, and one of them that
// hangs hides only its own figures.
class sampler {
 public:
  sampler(const config::common_options&, logger);
  ~sampler();
  queue_samples now() const;

 private:
  struct shared;
  std::shared_ptr<shared> shared_;
};

}  // namespace trunkline::exporter
