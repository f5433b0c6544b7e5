// SPDX-License-Identifier: Apache-2.0
#include "exporter/exporter.hpp"

#include <stdexcept>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "common/probes/probe_server.hpp"
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

void declare(settings& given, config::option_set& options) {
  options.text("listen", given.listen, "HOST:PORT of /metrics, /scaler, /livez and /readyz");
  options.check("listen", [&given]() -> std::string {
    std::string host;
    std::uint16_t port = 0;
    return parse_listen(given.listen, host, port);
  });
  config::add_common(options, given.common, config::uses::both);
}

}  // namespace

config::command exporter() {
  auto given = std::make_shared<settings>();
  return {
      .name = "exporter",
      .description =
          "Serves metrics of the queue and the number that scales workers, until SIGTERM",
      .examples =
          "  trunkline exporter\n"
          "  trunkline exporter --listen 0.0.0.0:5010\n"
          "  curl http://127.0.0.1:5010/metrics       for Prometheus\n"
          "  curl http://127.0.0.1:5010/scaler        ready + pending + due retries, for KEDA\n"
          "  curl http://127.0.0.1:5010/scaler.txt    the number alone\n"
          "One is enough, with logins that only read. Both servers are asked every 2 seconds,\n"
          "whatever asks here. /scaler answers 503 when the number is not known.\n"
          "Exit codes: 0 ended by a signal, 1 cannot listen.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) { declare(*given, options); },
      .run = [given] { return serve(*given); }};
}

}  // namespace trunkline::cli
