// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "cli/output.hpp"
#include "common/cli/config.hpp"

namespace trunkline::cli {

// The options that all commands have.
struct command_options {
  config::common_options common;
  bool json = false;

  // Declares --json, and the options of the servers that the command uses.
  void declare_common(
      config::option_set& set, config::uses servers, const char* json_help = "Print one JSON object"
  ) {
    set.flag("json", json, json_help);
    config::add_common(set, common, servers);
  }
};

struct command_text {
  std::string name, description, examples;
};

// Returns a command whose options are of the type Options, which is derived from command_options.
template <class Options>
config::command make_command(
    const command_text& text,
    std::function<void(Options&, config::option_set&, config::arguments&)> declare,
    std::function<int(const Options&)> run
) {
  auto options = std::make_shared<Options>();
  return {
      .name = text.name,
      .description = text.description,
      .examples = text.examples,
      .declare = [options, declare = std::move(declare)](
                     config::option_set& set, config::arguments& arguments
                 ) { declare(*options, set, arguments); },
      .run = [options, run = std::move(run)] { return run(*options); }};
}

}  // namespace trunkline::cli
