// SPDX-License-Identifier: Apache-2.0
#include "worker/process/metrics.hpp"

#include <algorithm>

#include "common/metrics/exposition.hpp"
#include "parse/kinds.hpp"
#include "worker/process/totals.hpp"

namespace trunkline::worker {
namespace {

// In the order of store::outcome.
constexpr std::array<std::string_view, outcome_kinds> outcome_names = {
    "processed", "ignored", "retrying", "dead", "duplicate", "redelivered"};

// Returns the index of the class of the SQLSTATE. Codes are not labels: there are hundreds, and
// triggers may define more.
std::size_t reason_of(std::string_view sqlstate) {
  if (sqlstate.starts_with("22")) return 0;
  if (sqlstate.starts_with("23")) return 1;
  if (sqlstate.starts_with("P0")) return 2;
  return 3;
}

std::int64_t micros(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

void add_events(metrics::exposition& out, const worker_metrics& seen) {
  out.family(
      "trunkline_worker_events_total", "counter", "Outcomes of deliveries and retries, by type."
  );
  for (std::size_t type = 0; type < kind_count; ++type)
    for (std::size_t what = 0; what < outcome_kinds; ++what) {
      const auto count = seen.events[type][what].load(std::memory_order_relaxed);
      const auto kind = static_cast<parse::kind>(type);
      const auto name =
          kind == parse::kind::unknown ? std::string_view("other") : parse::canonical_name(kind);
      out.sample({{"type", name}, {"outcome", outcome_names[what]}}, count);
    }
}

void add_times(metrics::exposition& out, const worker_metrics& seen) {
  out.family("trunkline_worker_batch_events", "histogram", "Deliveries of a committed batch.")
      .sample({}, batch_bounds, seen.batch_events.read(), 1)
      .family(
          "trunkline_worker_batch_seconds", "histogram",
          "Duration of the transaction of a committed batch."
      )
      .sample({}, batch_micros, seen.batch_time.read(), 1e-6)
      .family(
          "trunkline_worker_receive_to_commit_seconds", "histogram",
          "Time from receipt by the gateway to the commit of a processed or ignored event."
      )
      .sample({}, commit_micros, seen.commit_time.read(), 1e-6);
}

void add_failures(metrics::exposition& out, const totals& counts) {
  const auto& seen = counts.metrics;
  out.family("trunkline_worker_retries_total", "counter", "Failed attempts that are retried.");
  for (std::size_t i = 0; i < retry_reasons.size(); ++i)
    out.sample({{"reason", retry_reasons[i]}}, seen.retries[i].load());
  out.family("trunkline_worker_claims_total", "counter", "Entries claimed from other consumers.")
      .sample({}, seen.claims.load())
      .family(
          "trunkline_worker_lost_entries_total", "counter",
          "Pending entries that were deleted from the stream."
      )
      .sample({}, static_cast<std::int64_t>(counts.lost.load()))
      .family(
          "trunkline_worker_blocked_seconds_total", "counter",
          "Time that threads were blocked by a dependency, summed over threads."
      );
  constexpr std::array<std::string_view, 2> dependency_names = {"redis", "postgres"};
  for (std::size_t i = 0; i < dependency_names.size(); ++i)
    out.sample(
        {{"dependency", dependency_names[i]}},
        static_cast<double>(seen.blocked_micros[i].load()) / 1e6
    );
}

}  // namespace

void worker_metrics::committed(std::int64_t received_at_ms) {
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  commit_time.observe_shared(std::max<std::int64_t>(0, now - received_at_ms) * 1000);
}

void worker_metrics::retried(std::string_view sqlstate) {
  retries[reason_of(sqlstate)].fetch_add(1, std::memory_order_relaxed);
}

void worker_metrics::batch(std::size_t count, std::chrono::steady_clock::duration took) {
  batch_events.observe_shared(static_cast<std::int64_t>(count));
  batch_time.observe_shared(micros(took));
}

std::string metrics_page(const totals& counts) {
  metrics::exposition out;
  add_events(out, counts.metrics);
  add_times(out, counts.metrics);
  add_failures(out, counts);
  metrics::add_process(out);
  return std::move(out).str();
}

}  // namespace trunkline::worker
