// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/log/log.hpp"
#include "store/events/event_store.hpp"
#include "worker/batch/dependency_wait.hpp"
#include "worker/process/options.hpp"
#include "worker/process/totals.hpp"

namespace trunkline::worker {

class delivery_stream;
class in_flight_entries;
class outcome_recorder;
class poison_guard;
class settler;

// The parts that the tasks of one thread use. They outlive the tasks.
struct worker_context {
  store::event_store& store;
  delivery_stream& stream;
  in_flight_entries& in_flight;
  settler& settle;
  outcome_recorder& outcomes;
  totals& counts;
  const worker_options& options;
  random_unit random;
  logger log;
  poison_guard& poison;
};

}  // namespace trunkline::worker
