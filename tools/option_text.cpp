// SPDX-License-Identifier: Apache-2.0
#include "tools/option_text.hpp"

#include <algorithm>
#include <cctype>

#include "tools/roff.hpp"

namespace trunkline::manual {
namespace {

constexpr std::string_view plain_group = "Options";  // CLI11's name for no group

std::vector<std::string> groups_of(const options& all) {
  std::vector<std::string> groups{std::string(plain_group)};
  for (const auto& option : all)
    if (!option.positional && std::find(groups.begin(), groups.end(), option.group) == groups.end())
      groups.push_back(option.group);
  return groups;
}

std::string tag(const config::described_option& option) {
  if (option.positional) {
    const std::string more = option.repeatable ? "..." : "";
    const bool words = option.value.find('|') != std::string::npos;
    return italic(option.name) + more + (words ? ": " + value_text(option) : "");
  }
  std::string names;
  for (std::size_t at = 0; at <= option.name.size();) {
    const std::size_t comma = std::min(option.name.find(',', at), option.name.size());
    names += (names.empty() ? "" : ", ") + bold(option.name.substr(at, comma - at));
    at = comma + 1;
  }
  if (option.value.empty()) return names;
  return option.value_optional ? names + " [" + value_text(option) + "]"
                               : names + " " + value_text(option);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

bool is_example(const std::string& line) {
  return line.starts_with("  ");
}

}  // namespace

std::vector<std::string> value_parts(const std::string& value) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find('|', at), value.size());
    parts.push_back(value.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

bool is_kind(const std::string& part) {
  return std::none_of(part.begin(), part.end(), [](unsigned char c) { return std::islower(c); }) &&
         std::any_of(part.begin(), part.end(), [](unsigned char c) { return std::isupper(c); });
}

std::string value_text(const config::described_option& option) {
  std::string out;
  for (const auto& part : value_parts(option.value))
    out += (out.empty() ? "" : "|") + (is_kind(part) ? italic(part) : bold(part));
  return out;
}

std::string details(const config::described_option& option, bool with_variables) {
  std::string out;
  const auto add = [&out](const std::string& what) { out += (out.empty() ? "" : "; ") + what; };
  if (!option.preset.empty()) add("default: " + option.preset);
  if (!option.range.empty()) add(option.range);
  if (with_variables && !option.variables.empty()) {
    std::string names;
    for (const auto& name : option.variables) names += (names.empty() ? "" : ", ") + name;
    add("env: " + names);
  }
  return out.empty() ? "" : " [" + out + "]";
}

std::string option_entry(const config::described_option& option) {
  return ".TP\n" + tag(option) + "\n" + paragraph(option.help + details(option, true));
}

std::string option_groups(const options& all) {
  std::string out;
  for (const auto& group : groups_of(all)) {
    std::string entries;
    for (const auto& option : all)
      if (!option.positional && option.group == group) entries += option_entry(option);
    if (entries.empty()) continue;
    out += (group == plain_group ? "" : ".SS " + plain(group) + "\n") + entries;
  }
  return out;
}

std::string usage_line(const std::string& command, const options& all) {
  std::string out = bold(command) + " [" + italic("OPTION") + "]...";
  for (const auto& option : all) {
    if (!option.positional) continue;
    const std::string name = italic(option.name);
    out += " " + (option.required ? name : "[" + name + "]") + (option.repeatable ? "..." : "");
  }
  return out + "\n";
}

std::string variable_entries(const options& all) {
  std::vector<std::pair<std::string, std::string>> found;  // variable, its options
  for (const auto& option : all) {
    for (std::size_t i = 1; i < option.variables.size(); i++) {
      const auto& name = option.variables[i];
      const auto known =
          std::find_if(found.begin(), found.end(), [&](auto& each) { return each.first == name; });
      if (known == found.end())
        found.emplace_back(name, option.name);
      else if (known->second.find(option.name) == std::string::npos)
        known->second += ", " + option.name;
    }
  }
  std::string out;
  for (const auto& [name, flags] : found)
    out += ".TP\n" + bold(name) + "\n" + paragraph("As " + flags + ".");
  return out;
}

std::string examples_block(const std::string& examples) {
  std::string lines;
  for (const auto& line : lines_of(examples))
    if (is_example(line)) lines += line.substr(2) + "\n";
  return lines.empty() ? "" : example(lines);
}

std::string notes(const std::string& examples) {
  std::string out, text;
  const auto flush = [&] {
    if (!text.empty()) out += ".PP\n" + paragraph(text);
    text.clear();
  };
  for (const auto& line : lines_of(examples)) {
    if (is_example(line)) continue;
    if (line.starts_with("Exit codes:") || line.starts_with("Signals:")) flush();
    text += line + " ";
  }
  flush();
  return out;
}

}  // namespace trunkline::manual
