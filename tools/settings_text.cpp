// SPDX-License-Identifier: Apache-2.0
#include "tools/settings_text.hpp"

#include <algorithm>

#include "common/cli/config_file.hpp"
#include "tools/option_text.hpp"
#include "tools/roff.hpp"

namespace trunkline::manual {
namespace {

// One description of a key, with the commands that share it.
struct meaning {
  std::string text;
  std::vector<std::string> commands;
};
struct key {
  std::string name, value;
  std::vector<meaning> meanings;
};

// Returns the TOML syntax of the value.
std::string value_in_file(const config::described_option& option) {
  if (option.value.empty()) return "true|false";
  if (option.value == "N") return italic("N");
  const std::string text = "\\(dq" + value_text(option) + "\\(dq";
  return option.repeatable ? "[" + text + ", ...]" : text;
}

void add(
    std::vector<key>& keys, const config::described_option& option, const std::string& command
) {
  const std::string name = option.name.substr(2);
  auto found =
      std::find_if(keys.begin(), keys.end(), [&](auto& each) { return each.name == name; });
  if (found == keys.end()) found = keys.insert(keys.end(), {name, value_in_file(option), {}});
  const std::string text = option.help + details(option, false);
  for (auto& known : found->meanings)
    if (known.text == text) return known.commands.push_back(command);
  found->meanings.push_back({text, {command}});
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string entries(const std::vector<key>& keys, bool with_commands) {
  std::string out;
  for (const auto& [name, value, meanings] : keys) {
    out += ".TP\n" + bold(name) + " = " + value + "\n";
    for (std::size_t i = 0; i < meanings.size(); i++)
      out +=
          (i > 0 ? ".br\n" : "") +
          paragraph((with_commands ? joined(meanings[i].commands) + ": " : "") + meanings[i].text);
  }
  return out;
}

bool is_common(const config::described_option& option) {
  const auto common = config::common_keys();
  return option.in_file &&
         std::find(common.begin(), common.end(), option.name.substr(2)) != common.end();
}

// Visits the options of the program and of all its commands.
template <class Visit>
void each_option(const config::described_program& program, Visit visit) {
  for (const auto& option : program.options) visit(option, program.text.name);
  for (const auto& command : program.commands)
    for (const auto& option : command.options) visit(option, command.name);
}

}  // namespace

std::string common_keys(const std::vector<config::described_program>& programs) {
  std::vector<key> keys;
  for (const auto& program : programs)
    each_option(program, [&](const auto& option, const auto& owner) {
      if (is_common(option)) add(keys, option, owner);
    });
  return entries(keys, false);
}

std::string section_keys(const config::described_program& program) {
  std::vector<key> keys;
  each_option(program, [&](const auto& option, const auto& owner) {
    if (option.in_file && !is_common(option)) add(keys, option, owner);
  });
  if (!program.commands.empty())
    std::sort(keys.begin(), keys.end(), [](auto& a, auto& b) { return a.name < b.name; });
  return entries(keys, !program.commands.empty());
}

}  // namespace trunkline::manual
