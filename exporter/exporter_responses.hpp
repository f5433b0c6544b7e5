// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "common/probes/probe_server.hpp"
#include "exporter/queue_sampler.hpp"

namespace trunkline::exporter {

// Returns the response to a GET request: /metrics, /scaler, /scaler.txt, /livez or /readyz. Depends
// on its arguments only.
probes::response respond(const queue_samples&, std::string_view path);

}  // namespace trunkline::exporter
