// SPDX-License-Identifier: Apache-2.0
// What `trunkline` is and can do, in the order of --help.
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {

config::program_text about() {
  return {
      .name = "trunkline",
      .description = "Looks after Trunkline: schema, queue, dead letters, test deliveries.",
      .examples =
          "  trunkline migrate                    create or update the tables\n"
          "  trunkline queue                      is all well?\n"
          "  trunkline events tail                outcomes as they come\n"
          "  trunkline events show ID             the whole story of one event\n"
          "  trunkline dead groups                what could not be applied, by cause\n"
          "  trunkline dead replay --all          try again, after the cause is mended\n"
          "  trunkline send full                  test deliveries through the whole pipe\n"
          "  trunkline exporter                   metrics of the queue, for Prometheus and "
          "KEDA\n"
          "  trunkline verify --help              check a signature by hand\n"
          "  trunkline webhooks list              what the provider delivers, and where to\n"
          "  trunkline import --help              take over the rows of the Flask service\n"};
}

std::vector<config::command> all_commands() {
  return {migrate(),         queue(),
          events_list(),     events_show(),
          events_tail(),     events_retry(),
          dead_groups(),     dead_list(),
          dead_show(),       dead_replay(),
          dead_delete(),     pause(),
          resume(),          workers_list(),
          workers_drain(),   stats(),
          doctor(),          send(),
          exporter(),        verify(),
          webhooks_list(),   webhooks_create(),
          webhooks_test(),   webhooks_rotate(),
          webhooks_delete(), webhooks_deliveries(),
          recordings(),      import_rows()};
}

}  // namespace trunkline::cli
