// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/cli/config.hpp"

// The operator's commands, one file each.
namespace trunkline::cli {

config::program_text about();
std::vector<config::command> all_commands();  // each of those below

config::command migrate();  // apply or show schema migrations
config::command send();     // signed test deliveries
config::command queue();    // the state of the whole pipe
config::command events_list();
config::command events_show();
config::command events_tail();
config::command events_retry();
config::command dead_groups();
config::command dead_list();
config::command dead_show();
config::command dead_replay();
config::command dead_delete();
config::command pause();   // stop applying, for all workers
config::command resume();  // go on
config::command workers_list();
config::command workers_drain();
config::command stats();     // what came in and what became of it
config::command doctor();    // what is wrong, and what mends it
config::command exporter();  // metrics of the queue, and the number that scales workers
config::command verify();    // check a signature by hand
config::command webhooks_list();
config::command webhooks_create();
config::command webhooks_test();
config::command webhooks_rotate();
config::command webhooks_delete();
config::command webhooks_deliveries();
config::command recordings();  // links of a call's recordings
config::command import_rows(
);  // of the integration document's service ("import" alone is a keyword)

}  // namespace trunkline::cli
