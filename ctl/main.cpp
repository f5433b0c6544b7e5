// SPDX-License-Identifier: Apache-2.0
// trunkline: the operator's program. One verb a file.
#include <cstdio>
#include <exception>

#include "common/base/exit_codes.hpp"
#include "common/base/signals.hpp"
#include "ctl/output.hpp"
#include "ctl/verbs.hpp"

int main(int argc, char** argv) {
  using namespace trunkline;
  prepare_process();
  try {
    return ctl::finish_output(config::run_verbs(
        argc, argv,
        {.name = "trunkline",
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
             "  trunkline import --help              take over the rows of the Flask service\n"},
        {ctl::migrate(),         ctl::queue(),
         ctl::events_list(),     ctl::events_show(),
         ctl::events_tail(),     ctl::events_retry(),
         ctl::dead_groups(),     ctl::dead_list(),
         ctl::dead_show(),       ctl::dead_replay(),
         ctl::dead_delete(),     ctl::pause(),
         ctl::resume(),          ctl::workers_list(),
         ctl::workers_drain(),   ctl::stats(),
         ctl::doctor(),          ctl::send(),
         ctl::exporter(),        ctl::verify(),
         ctl::webhooks_list(),   ctl::webhooks_create(),
         ctl::webhooks_test(),   ctl::webhooks_rotate(),
         ctl::webhooks_delete(), ctl::webhooks_deliveries(),
         ctl::recordings(),      ctl::import_rows()}
    ));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "trunkline: %s\n", error.what());
    return static_cast<int>(exit_code::failed);
  }
}
