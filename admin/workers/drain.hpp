// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "admin/database.hpp"
#include "admin/workers/worker_processes.hpp"

// Draining of workers: they finish what they have in flight and exit, as on SIGTERM.
namespace trunkline::admin {

struct worker_selection {
  std::vector<std::string> ids;
  std::string problem;  // why nothing is selected, or ""
};
// Selects running workers by their id, or by a prefix that only one id has.
worker_selection select_workers(const worker_processes&, const std::vector<std::string>& prefixes);
worker_selection select_all_workers(const worker_processes&);

// Requests the drain; `who` is recorded as its operator.
query_result request_drain(database&, const std::vector<std::string>& ids, const std::string& who);

struct drain_progress {
  std::vector<std::string> drained;
  std::vector<std::string> ended;  // without draining
  std::vector<std::string> running;
  std::string first_running;  // state, reason and process id of the first of them
};
drain_progress drain_progress_of(const std::vector<std::string>& ids, const worker_processes& now);
std::string as_json(const drain_progress&);

}  // namespace trunkline::admin
