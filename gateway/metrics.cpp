// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics.hpp"

#include "common/metrics/exposition.hpp"
#include "gateway/outcome_responses.hpp"

namespace trunkline::gateway {
namespace {

constexpr std::array signers = {
    std::string_view("none"), std::string_view("hex"), std::string_view("legacy"),
    std::string_view("standard")};
static_assert(signers.size() == signer_count);

// What can happen is there from the start with nought, so that an increase() sees the first one. A
// proven delivery is accepted or fails in the queue.
bool shown(std::size_t signer, answer given, std::int64_t count) {
  const bool taken = given == answer::accepted;
  return count > 0 || (signer == nobody ? !taken : taken || given == answer::unavailable);
}

void add_requests(metrics::exposition& out, const figures_sum& sum) {
  out.family(
      "trunkline_gateway_requests_total", "counter",
      "Answered requests, by the scheme that was proven, status code and reason."
  );
  for (std::size_t signer = 0; signer < signer_count; ++signer)
    for (const auto& row : outcome_rows) {
      const auto count = sum.by_signer[signer][index_of(row.what)];
      if (!shown(signer, row.given, count)) continue;
      const auto code = std::to_string(status_of(row.given));
      out.sample({{"scheme", signers[signer]}, {"code", code}, {"reason", row.name}}, count);
    }
}

}  // namespace

std::string metrics_page(const figures_sum& sum, std::int64_t redis_reconnects) {
  metrics::exposition out;
  add_requests(out, sum);
  out.family(
         "trunkline_gateway_ack_seconds", "histogram",
         "From the end of the header section to the answer, of accepted deliveries."
  )
      .sample({}, ack_bounds, sum.acks, 1e-6)
      .family(
          "trunkline_gateway_in_flight_requests", "gauge",
          "Deliveries given to Redis and not answered yet."
      )
      .sample({}, sum.in_flight)
      .family(
          "trunkline_gateway_redis_reconnects_total", "counter",
          "Connections to Redis made again after one was lost, of all threads."
      )
      .sample({}, redis_reconnects);
  metrics::add_process(out);
  return std::move(out).str();
}

}  // namespace trunkline::gateway
