// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/poison_guard.hpp"

namespace trunkline::worker {

delivery_state assess_deliveries(std::int64_t deliveries, int max_deliveries) {
  if (deliveries >= max_deliveries) return delivery_state::exhausted;
  return deliveries >= 2 ? delivery_state::suspect : delivery_state::first_delivery;
}

std::string exhausted_reason(int max_deliveries) {
  return "delivered " + std::to_string(max_deliveries) +
         " times without an outcome: it crashes the worker or cannot be recorded";
}

}  // namespace trunkline::worker
