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
  for (const auto how : {level::error, level::warning, level::note, level::ok}) {
    if (how == level::ok && !all) continue;
    for (const auto& each : found.all()) {
      if (each.how != how) continue;
      const auto name = word(how);
      out += name + std::string(9 - name.size(), ' ') + each.check + ": " + printable(each.what) +
             "\n";
      if (!each.reason.empty()) out += "         why:  " + printable(each.reason) + "\n";
      if (!each.mend.empty()) out += "         mend: " + printable(each.mend) + "\n";
    }
  }
  return out;
}

}  // namespace trunkline::cli
