// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/findings_text.hpp"

#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

std::string plural(std::size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace

std::string as_text(const findings& found, bool all) {
  std::string out = plural(count(found, level::error), "error") + ", " +
                    plural(count(found, level::warning), "warning") + ", " +
                    plural(count(found, level::note), "note") + ", " +
                    std::to_string(count(found, level::ok)) + " ok\n\n";
  for (const auto severity : {level::error, level::warning, level::note, level::ok}) {
    if (severity == level::ok && !all) continue;
    for (const auto& each : found.all()) {
      if (each.severity != severity) continue;
      const auto name = to_string(severity);
      out += name + std::string(9 - name.size(), ' ') + each.check + ": " + printable(each.what) +
             "\n";
      if (!each.reason.empty()) out += "         why:  " + printable(each.reason) + "\n";
      if (!each.fix.empty()) out += "         fix:  " + printable(each.fix) + "\n";
    }
  }
  return out;
}

}  // namespace trunkline::cli
