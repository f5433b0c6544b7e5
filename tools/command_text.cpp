// SPDX-License-Identifier: Apache-2.0
#include "tools/command_text.hpp"

#include <algorithm>
#include <array>

#include "tools/option_text.hpp"
#include "tools/roff.hpp"

namespace trunkline::manual {
namespace {

constexpr std::array<std::string_view, 2> shared_groups{"Servers and logging", "Provider"};
constexpr std::array<std::string_view, 3> standard{"-h,--help", "--config", "--check-config"};

template <class List>
bool has(const List& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string command_section(
    const std::string& program, const config::described_command& command, const options& shared
) {
  options own;
  std::string elsewhere, positionals;
  for (const auto& option : command.options) {
    if (option.positional) positionals += option_entry(option);
    if (!is_in(shared, option))
      own.push_back(option);
    else
      elsewhere += (elsewhere.empty() ? "" : ", ") + option.name.substr(option.name.find("--"));
  }
  std::string out = ".SS " + plain(command.name) + "\n" +
                    usage_line(program + " " + command.name, command.options);
  out += ".PP\n" + paragraph(command.description + ".") + notes(command.examples) + positionals;
  for (const auto& option : own)
    if (!option.positional) out += option_entry(option);
  out += ".PP\n" + paragraph("Options described in COMMON OPTIONS: " + elsewhere + ".");
  return out + ".PP\nExamples:\n.PP\n" + examples_block(command.examples);
}

}  // namespace

bool is_standard(const config::described_option& option) {
  return has(standard, option.name);
}

options shared_by(const config::described_program& program) {
  options out;
  for (const auto& command : program.commands)
    for (const auto& option : command.options)
      if ((is_standard(option) || has(shared_groups, option.group)) &&
          std::none_of(out.begin(), out.end(), [&](auto& known) {
            return known.name == option.name;
          }))
        out.push_back(option);
  // Options of one group stay together even if the first command lacks some of them.
  std::stable_sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.group < b.group; });
  return out;
}

bool is_in(const options& shared, const config::described_option& option) {
  return std::any_of(shared.begin(), shared.end(), [&](auto& known) {
    return known.name == option.name && option_entry(known) == option_entry(option);
  });
}

std::string command_sections(const config::described_program& program) {
  const auto shared = shared_by(program);
  std::string out;
  for (const auto& command : program.commands)
    out += command_section(program.text.name, command, shared);
  return out;
}

std::string shared_options(const config::described_program& program) {
  return option_groups(shared_by(program));
}

}  // namespace trunkline::manual
