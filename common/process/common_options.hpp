// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/log/log.hpp"

namespace trunkline::config {

// Addresses of the servers and the form of the log: what all programs share. add_common()
// (common/cli/config.hpp) registers them as options.
struct common_options {
  std::string redis = "redis://127.0.0.1:6379/0";
  std::string postgres;  // empty: libpq's own variables and files decide
  std::string stream_namespace = "trunkline";
  std::string log_level = "info";
  std::string log_format = "text";
};
logger make_logger(const std::string& source, const common_options& options);

}  // namespace trunkline::config
