// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/cli/config.hpp"

// The operator's verbs, one file each.
namespace trunkline::ctl {

config::program_text about();
std::vector<config::verb> all_verbs();  // each of those below

config::verb migrate();  // apply or show schema migrations
config::verb send();     // signed test deliveries
config::verb queue();    // the state of the whole pipe
config::verb events_list();
config::verb events_show();
config::verb events_tail();
config::verb events_retry();
config::verb dead_groups();
config::verb dead_list();
config::verb dead_show();
config::verb dead_replay();
config::verb dead_delete();
config::verb pause();   // stop applying, for all workers
config::verb resume();  // go on
config::verb workers_list();
config::verb workers_drain();
config::verb stats();     // what came in and what became of it
config::verb doctor();    // what is wrong, and what mends it
config::verb exporter();  // metrics of the queue, and the number that scales workers
config::verb verify();    // check a signature by hand
config::verb webhooks_list();
config::verb webhooks_create();
config::verb webhooks_test();
config::verb webhooks_rotate();
config::verb webhooks_delete();
config::verb webhooks_deliveries();
config::verb recordings();   // links of a call's recordings
config::verb import_rows();  // of the integration document's service ("import" alone is a keyword)

}  // namespace trunkline::ctl
