// SPDX-License-Identifier: Apache-2.0
#include "tools/configuration_page.hpp"

#include <algorithm>

#include "tools/command_text.hpp"
#include "tools/option_text.hpp"

namespace trunkline::manual {
namespace {

constexpr const char* none = "—";

// Returns the text for a cell: "|" would end the cell.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out.empty() ? none : out;
}

std::string code(const std::string& text) {
  return text.empty() ? none : "`" + cell(text) + "`";
}

std::string variables_of(const config::described_option& option) {
  std::string out;
  for (const auto& name : option.variables) out += (out.empty() ? "" : ", ") + code(name);
  return out.empty() ? none : out;
}

std::string row(const config::described_option& option) {
  const std::string name = option.name.substr(option.name.find("--"));
  const std::string words = option.value.empty() ? name : name + " " + option.value;
  return "| " + code(words) + " | " + variables_of(option) + " | " +
         (option.in_file ? code(name.substr(2)) : none) + " | " + code(option.preset) + " | " +
         cell(option.range) + " | " + cell(option.help) + " |\n";
}

// Returns the table, or an empty string if there is no such option.
std::string table(const options& all) {
  std::string rows;
  for (const auto& option : all)
    if (!option.positional && !is_standard(option)) rows += row(option);
  if (rows.empty()) return rows;
  return "| option | environment | file key | default | range | description |\n"
         "|---|---|---|---|---|---|\n" +
         rows;
}

}  // namespace

std::string program_table(const config::described_program& program) {
  return table(program.options);
}

std::string command_tables(const config::described_program& program) {
  const auto shared = shared_by(program);
  std::string out = "### Options of several commands\n\n" + table(shared);
  for (const auto& command : program.commands) {
    options own;
    for (const auto& option : command.options)
      if (!is_in(shared, option)) own.push_back(option);
    if (const auto rows = table(own); !rows.empty())
      out += "\n### trunkline " + command.name + "\n\n" + rows;
  }
  return out;
}

}  // namespace trunkline::manual
