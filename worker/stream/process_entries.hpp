// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/batch_executor.hpp"
#include "worker/process/worker_context.hpp"
#include "worker/stream/delivery_stream.hpp"

namespace trunkline::worker {

// Processes entries that were read or claimed until they have outcomes. Decodable entries are a
// batch, the others become dead letters. Returns false if a stop came first and the rest was
// released.
bool process_entries(worker_context&, batch_executor&, std::vector<stream::entry>);

// Inserts dead letters with this reason for the entries, without parsing them. An entry that is no
// longer in the stream is reported as lost.
bool dead_letter_entries(worker_context&, batch_executor&, const ids&, const std::string& reason);

// Counts and logs pending entries that were deleted from the stream. Their deliveries are lost
// unless the provider repeats them.
void report_lost_entries(worker_context&, const ids&);

}  // namespace trunkline::worker
