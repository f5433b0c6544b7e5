// SPDX-License-Identifier: Apache-2.0
// Writes manual pages, completion scripts and docs/configuration.md: fills templates from the
// option tables. Runs in the build and is not installed.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "common/process/version.hpp"
#include "tools/command_text.hpp"
#include "tools/completion.hpp"
#include "tools/configuration_page.hpp"
#include "tools/option_text.hpp"
#include "tools/programs.hpp"
#include "tools/roff.hpp"
#include "tools/settings_text.hpp"

namespace {

using namespace trunkline;
using blocks = std::map<std::string, std::string>;

manual::options all_options(const config::described_program& program) {
  manual::options out = program.options;
  for (const auto& command : program.commands)
    out.insert(out.end(), command.options.begin(), command.options.end());
  return out;
}

// Returns the texts that replace @NAME@ in a program's page and completion script.
blocks blocks_of(const config::described_program& program) {
  std::string id = program.text.name;
  std::replace(id.begin(), id.end(), '-', '_');
  return {
      {"PROGRAM", program.text.name},
      {"ID", id},
      {"USAGE", manual::usage_line(program.text.name, program.options)},
      {"ABOUT", manual::paragraph(program.text.description) + manual::notes(program.text.examples)},
      {"OPTIONS", manual::option_groups(program.options)},
      {"VARIABLES", manual::variable_entries(all_options(program))},
      {"EXAMPLES", manual::examples_block(program.text.examples)},
      {"FOLLOWING_WORDS", manual::following_words(program)},
      {"VALUES", manual::values(program)}};
}

std::string read(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("cannot read " + path);
  return text.str();
}

// Returns the template with each @NAME@ replaced. A text that ends in a line feed replaces the
// whole line.
std::string filled(const std::string& path, const blocks& with) {
  std::string rest = read(path), out;
  for (std::size_t at = rest.find('@'); at != std::string::npos; at = rest.find('@')) {
    const std::size_t end = rest.find('@', at + 1);
    const auto found =
        end == std::string::npos ? with.end() : with.find(rest.substr(at + 1, end - at - 1));
    if (found == with.end())
      throw std::runtime_error(path + ": unknown placeholder " + rest.substr(at, end - at) + "@");
    const bool own_line = found->second.empty() || found->second.ends_with('\n');
    out += rest.substr(0, at) + found->second;
    rest.erase(0, end + (own_line ? 2 : 1));
  }
  return out + rest;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

void write_all(
    const std::string& templates, const std::filesystem::path& to, const std::string& date
) {
  const std::vector programs{
      manual::gateway_program(), manual::worker_program(), manual::operator_program()};
  const auto page = [&](const std::string& name, blocks with) {
    with["DATE"] = date;
    with["VERSION"] = TRUNKLINE_VERSION;
    write(
        to / "man" / ("man" + name.substr(name.rfind('.') + 1)) / name,
        filled(templates + "/" + name + ".in", with)
    );
  };
  blocks keys{{"KEYS common", manual::common_keys(programs)}}, tables;
  for (const auto& program : programs) {
    auto with = blocks_of(program);
    keys["KEYS " + program.text.name] = manual::section_keys(program);
    tables["OPTIONS " + program.text.name] =
        program.commands.empty() ? manual::program_table(program) : manual::command_tables(program);
    write(
        to / "bash-completion" / "completions" / program.text.name,
        filled(templates + "/completion.bash.in", with)
    );
    with["COMMANDS"] = manual::command_sections(program);
    with["COMMON OPTIONS"] = manual::shared_options(program);
    page(program.text.name + (program.commands.empty() ? ".8" : ".1"), with);
  }
  page("trunkline.toml.5", keys);
  write(to / "configuration.md", filled(templates + "/configuration.md.in", tables));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: trunkline-manual TEMPLATES TO DATE\n", stderr);
    return 64;
  }
  try {
    write_all(argv[1], argv[2], argv[3]);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "trunkline-manual: %s\n", failure.what());
    return 1;
  }
}
