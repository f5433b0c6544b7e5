// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics.hpp"

#include "common/metrics/exposition.hpp"
#include "gateway/outcome_responses.hpp"

namespace trunkline::gateway {
namespace {

// In the order of enum signer.
constexpr std::array signer_names = {
    std::string_view("none"), std::string_view("hex"), std::string_view("legacy"),
    std::string_view("standard")};
static_assert(signer_names.size() == signer_count);

// Series that can occur are exposed from the start with zero, so that increase() sees their first
// event. A verified delivery is accepted, or fails in the queue.
bool shown(signer who, response_kind kind, std::int64_t count) {
  const bool accepted = kind == response_kind::accepted;
  if (count > 0) return true;
  return who == signer::none ? !accepted : accepted || kind == response_kind::unavailable;
}

void add_requests(metrics::exposition& out, const counter_totals& totals) {
  out.family(
      "trunkline_gateway_requests_total", "counter",
      "Requests by verified signature scheme, status code and reason."
  );
  for (std::size_t s = 0; s < signer_count; ++s)
    for (const auto& row : outcome_rows) {
      const auto count = totals.by_signer[s][index_of(row.value)];
      const auto kind = response_to(row.value);
      if (!shown(static_cast<signer>(s), kind, count)) continue;
      const auto code = std::to_string(status_of(kind));
      out.sample({{"scheme", signer_names[s]}, {"code", code}, {"reason", row.name}}, count);
    }
}

}  // namespace

std::string metrics_page(const counter_totals& totals, std::int64_t redis_reconnects) {
  metrics::exposition out;
  add_requests(out, totals);
  out.family(
         "trunkline_gateway_ack_seconds", "histogram",
         "Time from the end of the header section to the response of accepted deliveries."
  )
      .sample({}, ack_bounds, totals.acks, 1e-6)
      .family(
          "trunkline_gateway_in_flight_requests", "gauge",
          "Deliveries sent to Redis that have no reply yet."
      )
      .sample({}, totals.in_flight)
      .family(
          "trunkline_gateway_redis_reconnects_total", "counter",
          "Reconnects to Redis after a lost connection, over all threads."
      )
      .sample({}, redis_reconnects);
  metrics::add_process(out);
  return std::move(out).str();
}

}  // namespace trunkline::gateway
