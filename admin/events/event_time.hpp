// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace trunkline::admin {

// SQL: a column as the verbs print it, UTC.
inline std::string time_text(const std::string& column) {
  return "to_char(" + column + R"( at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))";
}

}  // namespace trunkline::admin
