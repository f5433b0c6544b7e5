// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "store/events/event_store.hpp"
#include "store/merge/write_counts.hpp"

// Rows of another service, told as events, joined into ours by the worker's own code and under the
// worker's own locks. For `trunkline import`.
namespace trunkline::store {

struct import_batch {
  std::vector<prepared_event> events;      // with their bytes: they get rows of webhook_events
  std::vector<parse::event> facts;         // without: only what they do
  std::vector<std::string> conversations;  // provider ids that shall have a row
};

class importer {
 public:
  // keep false: every batch is rolled back.
  importer(std::string conninfo, bool keep);
  ~importer();

  // One transaction. Returns the rows written. An error of class 22 or 23 is the batch's fault.
  result<std::vector<row_counts>> apply(const import_batch&);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::store
