// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "admin/control/controls.hpp"
#include "admin/database.hpp"
#include "admin/stats/latencies.hpp"

// Statistics over time, and their JSON. Nothing here connects to a server.
namespace trunkline::admin {

// Events of webhook_events by received_at, and their copies: of an hour, of a type, or all.
struct stats_row {
  std::string name;  // "2026-11-23T01:00:00Z" or an event type; "" for all
  std::int64_t events = 0, processed = 0, ignored = 0, retrying = 0, dead = 0;
  std::int64_t duplicates = 0;
  latencies took;         // from receipt to row, of processed and ignored events
  bool at_least = false;  // older events are not counted

  void add(const stats_row& other);
  std::int64_t received() const { return events + duplicates; }
  // Returns the share of finished events that are not dead letters, or nullopt without finished
  // events.
  std::optional<double> success() const {
    const auto finished = processed + ignored + dead;
    if (finished == 0) return std::nullopt;
    return static_cast<double>(processed + ignored) / static_cast<double>(finished);
  }
};

// Counters of all gateways: of an hour, or all.
struct gateway_counters {
  std::int64_t accepted = 0;
  std::map<std::string, std::int64_t> rejected;  // by reason
  bool at_least = false;                         // some counters are missing

  // Adds a counter by its name in Redis: "accepted", "refused:<reason>" or "at_least".
  void add(const std::string& counter, std::int64_t count);
  std::int64_t all_rejected() const;
};

struct stats_report {
  std::string since;              // ISO 8601
  std::string counted_since;      // older events are not counted; "" if all are
  std::int64_t first_minute = 0;  // of since, in minutes since 1970
  bool by_hour = true;
  stats_row total;
  std::vector<stats_row> rows;
  gateway_counters gateways;
  std::map<std::string, gateway_counters> gateway_hours;  // by name of the hour
  std::optional<pause_state> pause;
  std::vector<std::string> unknown;  // what could not be read, and why
};

// Rounds down to 1 / parts, so that one dead letter in a million is not shown as 100 %.
double rounded_down(double share, double parts);
// Returns the counters of an hour by its name, or zeros.
const gateway_counters& hour_of(const stats_report&, const std::string& name);

std::string as_json(const stats_report&);

}  // namespace trunkline::admin
