// SPDX-License-Identifier: Apache-2.0
#include "common/process/common_options.hpp"

namespace trunkline::config {

logger make_logger(const std::string& source, const common_options& options) {
  log_level level = log_level::info;
  if (options.log_level == "debug") level = log_level::debug;
  if (options.log_level == "warn") level = log_level::warn;
  if (options.log_level == "error") level = log_level::error;
  return logger(source, level, options.log_format == "json" ? log_format::json : log_format::text);
}

}  // namespace trunkline::config
