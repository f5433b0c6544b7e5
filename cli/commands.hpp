// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/cli/config.hpp"

// The commands of `trunkline`, in one file per command.
namespace trunkline::cli {

config::program_text about();
// Returns all commands below, in the order of --help.
std::vector<config::command> all_commands();

config::command migrate();
config::command send();
config::command queue();
config::command events_list();
config::command events_show();
config::command events_tail();
config::command events_retry();
config::command dead_groups();
config::command dead_list();
config::command dead_show();
config::command dead_replay();
config::command dead_delete();
config::command pause();
config::command resume();
config::command workers_list();
config::command workers_drain();
config::command stats();
config::command doctor();
config::command exporter();
config::command verify();
config::command webhooks_list();
config::command webhooks_create();
config::command webhooks_test();
config::command webhooks_rotate();
config::command webhooks_delete();
config::command webhooks_deliveries();
config::command recordings();
config::command import_rows();  // `trunkline import`; import is a keyword

}  // namespace trunkline::cli
