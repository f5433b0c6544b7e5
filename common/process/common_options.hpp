// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/log/log.hpp"

namespace trunkline::config {

// The options that all programs share: servers and logging. add_common() (common/cli/config.hpp)
// registers them.
struct common_options {
  std::string redis = "redis://127.0.0.1:6379/0";
  // If empty, the variables and files of libpq apply.
  std::string postgres;
  std::string stream_namespace = "trunkline";
  std::string log_level = "info";
  std::string log_format = "text";
};
logger make_logger(const std::string& source, const common_options& options);

}  // namespace trunkline::config
