// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline::config {

// An option that has another name now. An old name may have several new ones: the one that the
// command declares replaces the old name.
struct renamed_option {
  std::string_view old_name;
  std::string_view new_name;
  // Another program still has an option of the old name, so its variable and its key in the file
  // may be meant for that program.
  bool still_in_use = false;
};

inline constexpr std::array renamed_options = {
    renamed_option{"hold-least", "outage-backoff-min"},
    renamed_option{"hold-most", "outage-backoff-max"},
    renamed_option{"probe-most", "probe-interval-max"},
    renamed_option{"lock-timeout", "postgres-lock-timeout"},
    renamed_option{"lock-timeout", "lock-wait"},
    renamed_option{"statement-timeout", "postgres-statement-timeout"},
    renamed_option{"idle-timeout", "postgres-idle-timeout", true},
    renamed_option{"sweep-every", "reclaim-interval"},
    renamed_option{"retry-poll", "retry-poll-interval"},
    renamed_option{"heartbeat-every", "heartbeat-interval"},
    renamed_option{"listen", "exporter-listen", true},
    renamed_option{"from", "from-postgres"},
    renamed_option{"from", "received-after"},
    renamed_option{"to", "received-before"},
    renamed_option{"since", "died-after"},
    renamed_option{"until", "died-before"},
    renamed_option{"until", "resume-at"},
    renamed_option{"until", "stop-at"},
    renamed_option{"older-than", "died-before"},
    renamed_option{"every", "interval"},
    renamed_option{"timeout", "wait"},
    renamed_option{"key", "signing-key"},
    renamed_option{"points-to", "url"},
};

// Returns the current name of an option among the names that a command declares, or an empty view
// if old_name was not renamed or is still declared. Names have no dashes in front.
template <class Declared>
std::string_view present_name(std::string_view old_name, const Declared& declared) {
  if (declared(old_name)) return {};
  for (const auto& each : renamed_options)
    if (each.old_name == old_name && declared(each.new_name)) return each.new_name;
  return {};
}

}  // namespace trunkline::config
