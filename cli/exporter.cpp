// SPDX-License-Identifier: Apache-2.0
// trunkline exporter
#include "exporter/exporter.hpp"

#include <stdexcept>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "common/text/listen_address.hpp"

namespace trunkline::cli {
namespace {

using trunkline::exporter::settings;

int serve(const settings& options) {
  try {
    trunkline::exporter::run(options);
  } catch (const std::runtime_error& failure) {
    return report_error("exporter", failure.what(), exit_code::failed);
  }
  exit_immediately(exit_code::ok);
}

void declare(config::option_set& set, settings& options) {
  set.text(
      "exporter-listen", options.listen, "Address of /metrics, /scaler, /livez and /readyz",
      {.value = "HOST:PORT"}
  );
  set.check("exporter-listen", [&options]() -> std::string {
    std::string host;
    std::uint16_t port = 0;
    return parse_listen(options.listen, host, port);
  });
  config::add_common(set, options.common, config::uses::both);
}

}  // namespace

config::command exporter() {
  auto options = std::make_shared<settings>();
  return {
      .name = "exporter",
      .description = "Serve queue metrics and the backlog for autoscaling",
      .examples =
          "  trunkline exporter\n"
          "  trunkline exporter --exporter-listen 0.0.0.0:5010\n"
          "  curl http://127.0.0.1:5010/metrics       for Prometheus\n"
          "  curl http://127.0.0.1:5010/scaler        ready + pending + due retries, for KEDA\n"
          "  curl http://127.0.0.1:5010/scaler.txt    the number only\n"
          "One exporter per installation is enough; read-only logins suffice. It reads both "
          "servers "
          "every\n"
          "2 seconds, independently of scrapes. /scaler returns 503 if the backlog is unknown.\n"
          "Exit codes: 0 ended by a signal, 1 cannot listen.\n",
      .declare = [options](config::option_set& set, config::arguments&) { declare(set, *options); },
      .run = [options] { return serve(*options); }};
}

}  // namespace trunkline::cli
