// SPDX-License-Identifier: Apache-2.0
#include "tools/completion.hpp"

#include <map>

#include "tools/option_text.hpp"

namespace trunkline::manual {
namespace {

constexpr int any_number = 1000;

std::string long_name(const config::described_option& option) {
  return option.name.substr(option.name.find("--"));
}

// Returns long names: "--help", and "--limit=" for an option that requires a value.
std::string option_words(const options& all) {
  std::string out;
  for (const auto& option : all) {
    if (option.positional) continue;
    const bool needs_value = !option.value.empty() && !option.value_optional;
    out += (out.empty() ? "" : " ") + long_name(option) + (needs_value ? "=" : "");
  }
  return out;
}

int count_of_arguments(const options& all) {
  int count = 0;
  for (const auto& option : all)
    if (option.positional) count += option.repeatable ? any_number : 1;
  return count;
}

std::string branch(const std::string& command, const std::string& words, int arguments) {
  return "    '" + command + "') words='" + words + "' arguments=" + std::to_string(arguments) +
         " ;;\n";
}

// Returns the assignments of the script: "offers='text json'", "files=yes". Empty if no value is
// known.
std::string offer(const config::described_option& option) {
  std::string words, out;
  for (const auto& word : option.offers) words += (words.empty() ? "" : " ") + word;
  bool files = false;
  for (const auto& part : value_parts(option.value)) {
    if (part == "FILE") files = true;
    if (!is_kind(part)) words += (words.empty() ? "" : " ") + part;
  }
  if (!words.empty()) out += " offers='" + words + "'";
  if (files) out += " files=yes";
  if (option.value == "LIST") out += " several=yes";
  return out;
}

}  // namespace

std::string following_words(const config::described_program& program) {
  std::map<std::string, std::string> groups;  // "dead" -> "list show"
  std::string first_words, commands;
  for (const auto& command : program.commands) {
    const std::size_t space = command.name.find(' ');
    const std::string first = command.name.substr(0, space);
    if (!groups.contains(first)) first_words += first + " ";
    auto& group = groups[first];
    if (space != std::string::npos) group += command.name.substr(space + 1) + " ";
    commands +=
        branch(command.name, option_words(command.options), count_of_arguments(command.options));
  }
  std::string out =
      branch("", first_words + option_words(program.options), count_of_arguments(program.options));
  for (const auto& [name, words] : groups)
    if (!words.empty()) out += branch(name, words + "--help", 0);
  return out + commands;
}

std::string values(const config::described_program& program) {
  std::map<std::string, std::string> patterns;  // assignments -> options that have them
  const auto add = [&patterns](const std::string& command, const options& all) {
    for (const auto& option : all) {
      const std::string offered = offer(option);
      if (offered.empty()) continue;
      auto& where = patterns[offered];
      where += std::string(where.empty() ? "" : " | ") + "'" + command + " " +
               (option.positional ? "<" : long_name(option)) + "'";
    }
  };
  add("", program.options);
  for (const auto& command : program.commands) add(command.name, command.options);
  std::string out;
  for (const auto& [offered, where] : patterns) out += "    " + where + ")" + offered + " ;;\n";
  return out;
}

}  // namespace trunkline::manual
