// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/batch_executor.hpp"
#include "worker/batch/stream_task.hpp"

namespace trunkline::worker {

// Entries that were just read or claimed, all the way to their outcomes: the decodable ones as a
// batch, the others buried. False: a stop came first; what was left was given back.
bool process_entries(worker_context&, batch_executor&, std::vector<stream::entry>);

// Gives these entries their row as they are, dead with this reason. What is no longer in the stream
// counts as lost.
bool dead_letter_entries(worker_context&, batch_executor&, const ids&, const std::string& reason);

// Somebody deleted pending entries: what they carried is gone unless its sender immediate_retries
// it.
void report_lost_entries(worker_context&, const ids&);

}  // namespace trunkline::worker
