// SPDX-License-Identifier: Apache-2.0
// Declares the options that all programs share.
#include "common/cli/config.hpp"
#include "common/log/mask.hpp"
#include "common/text/postgres_url.hpp"

namespace trunkline::config {

void add_common(option_set& options, common_options& target, uses servers) {
  const auto bits = static_cast<unsigned>(servers);
  const std::string group = "Servers and logging";
  if (bits & static_cast<unsigned>(uses::redis)) {
    options.text(
        "redis", target.redis, "Redis server: redis://, rediss:// (TLS) or unix:// URL",
        {.fallback_env = {"REDIS_URL"}, .group = group, .mask = mask_url, .value = "URL"}
    );
    options.text(
        "namespace", target.stream_namespace, "Prefix of all keys in Redis", {.group = group}
    );
    options.check("namespace", [&target]() -> std::string {
      const bool fits =
          !target.stream_namespace.empty() && target.stream_namespace.size() <= 64 &&
          target.stream_namespace.find_first_of("{} \t\r\n*?[]\\") == std::string::npos;
      return fits ? "" : "must be 1 to 64 characters without blanks, braces, brackets, * ? and \\";
    });
  }
  if (bits & static_cast<unsigned>(uses::postgres)) {
    options.text(
        "postgres", target.postgres, "PostgreSQL server; default: libpq variables such as PGHOST",
        {.fallback_env = {"DATABASE_URL"}, .group = group, .mask = mask_conninfo, .value = "URL"}
    );
    options.check("postgres", [&target] { return check_postgres_url(target.postgres); });
  }
  options.choice(
      "log-level", target.log_level, "Minimum log level; SIGUSR1 toggles debug",
      {"debug", "info", "warn", "error"}, {.group = group}
  );
  options.choice(
      "log-format", target.log_format, "Log format, one record per line", {"text", "json"},
      {.group = group}
  );
}

}  // namespace trunkline::config
