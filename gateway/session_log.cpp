// SPDX-License-Identifier: Apache-2.0
#include "gateway/session_log.hpp"

namespace trunkline::gateway {

void log_begun(const logger& log, std::string_view delivery_id, const request_head& head) {
  if (!log.debug_enabled()) return;
  log.debug(
      "delivery begun", {{"delivery_id", delivery_id},
                         {"method", head.method.substr(0, 16)},
                         {"path", head.path.substr(0, 64)},
                         {"bytes", head.length.value_or(0)}}
  );
}

void log_verified(const logger& log, const stream::delivery& entry, std::size_t body_size) {
  if (!log.debug_enabled()) return;
  log.debug(
      "delivery verified", {{"delivery_id", entry.delivery_id},
                            {"scheme", signature::to_string(entry.scheme)},
                            {"key", entry.key_index},
                            {"bytes", body_size}}
  );
}

void log_appended(const logger& log, std::string_view delivery_id, std::string_view entry_id) {
  if (!log.debug_enabled()) return;
  log.debug("delivery appended", {{"delivery_id", delivery_id}, {"entry_id", entry_id}});
}

void log_response(
    const logger& log, std::string_view delivery_id, int status, outcome value,
    std::string_view detail, std::chrono::steady_clock::duration since_begun
) {
  if (!log.debug_enabled()) return;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since_begun).count();
  log.debug(
      "delivery answered", {{"delivery_id", delivery_id},
                            {"status", status},
                            {"outcome", to_string(value)},
                            {"detail", detail},
                            {"ms", ms}}
  );
}

}  // namespace trunkline::gateway
