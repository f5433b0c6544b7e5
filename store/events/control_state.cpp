// SPDX-License-Identifier: Apache-2.0
#include "store/events/control_state.hpp"

namespace trunkline::store {

control_state read_controls(session& db, const std::string& worker_id) {
  const auto row = db.run("controls", {worker_id});
  control_state out;
  if (row.text(0, 0) == "t")
    out.paused = control_state::pause{
        std::string(row.text(0, 1)), std::string(row.text(0, 2)), std::string(row.text(0, 3)),
        std::string(row.text(0, 4))};
  out.drain = row.text(0, 5) == "t";
  return out;
}

}  // namespace trunkline::store
