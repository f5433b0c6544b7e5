// SPDX-License-Identifier: Apache-2.0
#include "gateway/durability.hpp"

#include <optional>

namespace trunkline::gateway {
namespace {

std::optional<std::string> setting(const redis::reply& pairs, std::string_view name) {
  for (std::size_t i = 0; i + 1 < pairs.elements.size(); i += 2)
    if (pairs.elements[i].text == name && pairs.elements[i + 1].is_string())
      return pairs.elements[i + 1].text;
  return {};
}

}  // namespace

std::string_view to_string(durability level) {
  switch (level) {
    case durability::always:
      return "always";
    case durability::weaker:
      return "weaker";
    case durability::unknown:
      break;
  }
  return "unknown";
}

durability_reading read_durability(const redis::reply& config) {
  durability_reading out;
  if (config.is_error()) {
    out.settings = "CONFIG GET failed: " + std::string(config.error_code());
    return out;
  }
  const auto aof = setting(config, "appendonly");
  const auto fsync = setting(config, "appendfsync");
  const auto rewrite = setting(config, "no-appendfsync-on-rewrite");
  if (!aof || !fsync || !rewrite) {
    out.settings = "the server hides its persistence settings";
    return out;
  }
  out.settings =
      "appendonly " + *aof + ", appendfsync " + *fsync + ", no-appendfsync-on-rewrite " + *rewrite;
  const bool all = *aof == "yes" && *fsync == "always" && *rewrite == "no";
  out.level = all ? durability::always : durability::weaker;
  return out;
}

}  // namespace trunkline::gateway
