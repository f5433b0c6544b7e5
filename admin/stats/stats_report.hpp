// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "admin/database.hpp"
#include "admin/stats/latencies.hpp"
#include "admin/control/controls.hpp"

// What `trunkline stats` tells, and its two forms. Pure.
namespace trunkline::admin {

// Deliveries of a time, or of a type: rows of webhook_events by received_at, and their copies.
struct stats_row {
  std::string name;  // "2026-11-23T01:00:00Z", or an event type; "" for all
  std::int64_t events = 0, processed = 0, ignored = 0, retrying = 0, dead = 0;
  std::int64_t duplicates = 0;
  latencies took;         // from receipt to row, of processed and ignored ones
  bool at_least = false;  // there may be more rows: not all were counted

  void add(const stats_row& other);
  std::int64_t received() const { return events + duplicates; }
  std::optional<double> success() const {  // of those that are finished
    const auto finished = processed + ignored + dead;
    if (finished == 0) return std::nullopt;
    return static_cast<double>(processed + ignored) / static_cast<double>(finished);
  }
};

// What the gateways counted, of an hour or of all.
struct gateway_figures {
  std::int64_t accepted = 0;
  std::map<std::string, std::int64_t> refused;  // by reason
  bool at_least = false;                        // some of it was lost

  void add(const std::string& figure, std::int64_t count);
  std::int64_t all_refused() const;
};

struct stats_report {
  std::string since;              // ISO 8601
  std::string counted_since;      // ""; else older rows are not counted: too many for the time
  std::int64_t first_minute = 0;  // of since, since 1970
  bool by_hour = true;
  stats_row total;
  std::vector<stats_row> rows;
  gateway_figures gateways;
  std::map<std::string, gateway_figures> gateway_hours;  // by the name of the hour
  std::optional<pause_state> pause;
  std::vector<std::string> unknown;
};

// Rounds down to 1 / parts, so that one dead letter of a million is not shown as 100 %.
double rounded_down(double share, double parts);
// Returns the counters of an hour by its name, or zeros.
const gateway_figures& hour_of(const stats_report&, const std::string& name);

std::string as_json(const stats_report&);

}  // namespace trunkline::admin
