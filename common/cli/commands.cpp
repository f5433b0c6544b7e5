// SPDX-License-Identifier: Apache-2.0
// A program with commands: declares its groups and commands, and runs the selected one.
#include "common/cli/program_parts.hpp"
#include "common/process/exit_codes.hpp"

namespace trunkline::config {
namespace {

struct declared_command {
  command* what;
  CLI::App* app;
  std::unique_ptr<option_set> options;
  standard_flags flags;
};

std::string describe_group(const program_text& text, const std::string& name) {
  for (const auto& [group, description] : text.groups)
    if (group == name) return description;
  return "";
}

CLI::App* add_command_app(CLI::App& root, const program_text& text, const command& what) {
  const std::size_t space = what.name.find(' ');
  if (space == std::string::npos) return root.add_subcommand(what.name, what.description);
  const std::string group = what.name.substr(0, space);
  CLI::App* parent = nullptr;
  for (CLI::App* known :
       root.get_subcommands([&](CLI::App* sub) { return sub->get_name() == group; }))
    parent = known;
  const std::string word = what.name.substr(space + 1);
  const std::string example = what.examples.substr(0, what.examples.find('\n') + 1);
  if (parent == nullptr) {
    parent = root.add_subcommand(group, describe_group(text, group));
    parent->footer("Examples:\n" + example);
    parent->require_subcommand(1);
  } else {
    parent->footer(parent->get_footer() + example);
  }
  return parent->add_subcommand(word, what.description);
}

// All commands, with everything that is declared on them.
struct command_program {
  CLI::App app;
  std::vector<declared_command> declared;
  std::vector<std::string> all_names;

  command_program(const program_text& text, std::vector<command>& commands)
      : app(text.description, text.name) {
    add_version(app, text.name);
    app.footer("Examples:\n" + text.examples);
    app.require_subcommand(1);
    // CLI11 keeps references to the flags in the elements.
    declared.reserve(commands.size());
    for (auto& what : commands) add(what, text);
  }

  void add(command& what, const program_text& text) {
    CLI::App* sub = add_command_app(app, text, what);
    declared.push_back({&what, sub, std::make_unique<option_set>(*sub, section_of(text.name)), {}});
    arguments words(*sub);
    what.declare(*declared.back().options, words);
    declared.back().flags.add_to(*sub);
    sub->footer("Examples:\n" + what.examples);
    for (const auto& name : declared.back().options->names()) all_names.push_back(name);
  }
};

}  // namespace

int run_commands(
    int argc, const char* const* argv, const program_text& text, std::vector<command> commands
) {
  command_program program(text, commands);
  if (const auto code = parse(program.app, text.name, argc, argv)) return *code;
  for (auto& chosen : program.declared) {
    if (!chosen.app->parsed()) continue;
    chosen.options->also_known(program.all_names);
    if (const auto code =
            resolve(*chosen.options, chosen.flags, text.name + " " + chosen.what->name))
      return *code;
    return chosen.what->run();
  }
  return static_cast<int>(exit_code::usage);
}

described_program describe(const program_text& text, std::vector<command> commands) {
  command_program program(text, commands);
  described_program out{text, option_set(program.app, "").described(), {}};
  for (const auto& [what, app, options, flags] : program.declared)
    out.commands.push_back({what->name, what->description, what->examples, options->described()});
  return out;
}

}  // namespace trunkline::config
