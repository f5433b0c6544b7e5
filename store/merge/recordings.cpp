// SPDX-License-Identifier: Apache-2.0
#include "store/merge/recordings.hpp"

#include "store/merge/distinct_key_rounds.hpp"
#include "store/pg/row_arrays.hpp"

namespace trunkline::store {

void merge_recordings(session& db, const std::vector<recording_of_call>& recordings) {
  std::vector<const recording_of_call*> all;
  all.reserve(recordings.size());
  for (const auto& recording : recordings) all.push_back(&recording);
  const auto key = [](const recording_of_call& recording) {
    return *recording.call_id + '\0' + recording.facts->recording_id;
  };
  for (const auto& round : distinct_key_rounds(all, key)) {
    row_arrays arrays(8);
    for (const auto* recording : round) {
      const auto& facts = *recording->facts;
      arrays.row() << *recording->call_id << facts.recording_id << recording->stamp << facts.url
                   << facts.content_type << facts.duration_seconds << facts.size_bytes
                   << facts.started_at;
    }
    db.run("merge_recordings", arrays.take());
  }
}

}  // namespace trunkline::store
