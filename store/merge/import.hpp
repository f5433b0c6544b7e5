// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "store/events/event_store.hpp"
#include "store/merge/write_counts.hpp"

// Joins rows of another service, given as events, into the business tables with the code and the
// locks of the worker. Used by `trunkline import`.
namespace trunkline::store {

struct import_batch {
  // Events with their bytes, which get rows of webhook_events.
  std::vector<prepared_event> events;
  // Events without bytes, which only have effects.
  std::vector<parse::event> facts;
  // Provider ids of conversations that get a row in any case.
  std::vector<std::string> conversations;
};

class importer {
 public:
  // If keep is false, every batch is rolled back.
  importer(std::string conninfo, bool keep);
  ~importer();

  // Applies a batch in one transaction. Returns the counts of written rows. An error of SQLSTATE
  // class 22 or 23 is caused by the batch.
  result<std::vector<row_counts>> apply(const import_batch&);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::store
