// SPDX-License-Identifier: Apache-2.0
#include "admin/workers/drain.hpp"

#include <algorithm>

#include "common/json/json_object.hpp"
#include "common/postgres/postgres.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

worker_selection failure(std::string problem) {
  return {{}, std::move(problem) + ": see 'trunkline workers list'"};
}

}  // namespace

worker_selection select_workers(
    const worker_processes& known, const std::vector<std::string>& prefixes
) {
  worker_selection out;
  for (const auto& prefix : prefixes) {
    std::vector<std::string> found;
    for (const auto& process : known.workers)
      if (process.alive() && process.id.starts_with(prefix)) found.push_back(process.id);
    if (std::find(found.begin(), found.end(), prefix) != found.end()) found = {prefix};
    if (found.empty()) return failure("no running worker has the id '" + prefix + "'");
    if (found.size() > 1) return failure("several ids begin with '" + prefix + "'");
    if (std::find(out.ids.begin(), out.ids.end(), found[0]) == out.ids.end())
      out.ids.push_back(found[0]);
  }
  return out;
}

worker_selection select_all_workers(const worker_processes& known) {
  worker_selection out;
  for (const auto& process : known.workers)
    if (process.alive()) out.ids.push_back(process.id);
  if (out.ids.empty()) out.problem = "no worker is running";
  return out;
}

query_result request_drain(
    database& db, const std::vector<std::string>& ids, const std::string& who
) {
  return db.query(std::string(sql::query("admin/workers/drain")), {postgres::array_of(ids), who});
}

drain_progress drain_progress_of(const std::vector<std::string>& ids, const worker_processes& now) {
  drain_progress out;
  for (const auto& id : ids) {
    const auto found =
        std::find_if(now.workers.begin(), now.workers.end(), [&](const auto& process) {
          return process.id == id;
        });
    if (found == now.workers.end()) {
      out.drained.push_back(id);
    } else if (!found->alive()) {
      out.ended.push_back(id);
    } else {
      if (out.running.empty())
        out.first_running =
            found->state + (found->reason.empty() ? "" : ": " + found->reason) +
            (found->pid ? "; pid " + std::to_string(*found->pid) + " on " + found->host : "");
      out.running.push_back(id);
    }
  }
  return out;
}

std::string as_json(const drain_progress& progress) {
  return json_object()
      .strings("drained", progress.drained)
      .strings("not_in_order", progress.ended)
      .strings("still_running", progress.running)
      .str();
}

}  // namespace trunkline::admin
