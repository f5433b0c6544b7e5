// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <string_view>

namespace trunkline::gateway {

// The gateway serves one path. /livez and /readyz are served by the ops listener only.
struct route {
  std::string_view path;
  std::string_view method;
};
inline constexpr std::array routes = {
    route{"/api/webhooks/openphone", "POST"},
};

enum class route_match { found, wrong_method, no_such_path };
constexpr route_match match_route(std::string_view path, std::string_view method) {
  for (const route& each : routes)
    if (each.path == path)
      return each.method == method ? route_match::found : route_match::wrong_method;
  return route_match::no_such_path;
}

}  // namespace trunkline::gateway
