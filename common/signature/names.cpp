// SPDX-License-Identifier: Apache-2.0
#include "common/signature/signature.hpp"

namespace trunkline::signature {

std::string_view to_string(scheme which) {
  switch (which) {
    case scheme::hex:
      return "hex";
    case scheme::legacy:
      return "legacy";
    case scheme::standard:
      return "standard";
  }
  return "unknown";
}

std::optional<scheme> scheme_from(std::string_view name) {
  for (const scheme each : {scheme::hex, scheme::legacy, scheme::standard}) {
    if (to_string(each) == name) return each;
  }
  return std::nullopt;
}

std::string_view to_string(refusal reason) {
  switch (reason) {
    case refusal::missing:
      return "missing";
    case refusal::malformed:
      return "malformed";
    case refusal::stale:
      return "stale";
    case refusal::mismatch:
      return "mismatch";
    case refusal::doubled:
      return "doubled";
    case refusal::no_key:
      return "no_key";
  }
  return "unknown";
}

}  // namespace trunkline::signature
