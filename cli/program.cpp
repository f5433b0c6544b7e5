// SPDX-License-Identifier: Apache-2.0
// The description of `trunkline`, and its commands in the order of --help.
#include "cli/commands.hpp"

namespace trunkline::cli {

config::program_text about() {
  return {
      .name = "trunkline",
      .description = "Operate Trunkline: schema, queue, events, dead letters, webhooks.",
      .examples =
          "  trunkline migrate                    create or update the tables\n"
          "  trunkline queue                      check the whole pipeline\n"
          "  trunkline events tail                follow outcomes\n"
          "  trunkline events show ID             show everything known about an event\n"
          "  trunkline dead groups                group dead letters by cause\n"
          "  trunkline dead replay --all          replay dead letters after the cause is fixed\n"
          "  trunkline send full                  send signed test deliveries\n"
          "  trunkline exporter                   serve metrics for Prometheus and KEDA\n"
          "  trunkline verify --help              check a signature\n"
          "  trunkline webhooks list              list the webhooks at the provider\n"
          "  trunkline import --help              import the rows of the Flask service\n",
      .groups = {
          {"events", "Inspect and retry events"},
          {"dead", "Inspect, replay and delete dead letters"},
          {"workers", "List and drain workers"},
          {"webhooks", "Manage the provider's webhooks"}}};
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
