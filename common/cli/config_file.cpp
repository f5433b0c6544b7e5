// SPDX-License-Identifier: Apache-2.0
#include "common/cli/config_file.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <fstream>

#include "common/log/mask.hpp"

namespace trunkline::config {
namespace {

constexpr std::array program_sections{"", "gateway", "worker", "trunkline"};
constexpr std::array shared_keys{"redis",     "postgres",   "namespace",
                                 "log-level", "log-format", "own-number"};

template <class List>
bool has(const List& list, const std::string& word) {
  for (const auto& element : list) {
    if (word == element) return true;
  }
  return false;
}

}  // namespace

const std::vector<std::string>* file_content::find(
    const std::string& section, const std::string& key
) const {
  for (const auto& name : {section, std::string()}) {
    const auto found = sections.find(name);
    if (found == sections.end()) continue;
    const auto value = found->second.find(key);
    if (value != found->second.end()) return &value->second;
  }
  return nullptr;
}

std::vector<std::string> file_content::unknown(
    const std::string& section, const std::set<std::string>& known
) const {
  std::vector<std::string> out;
  for (const auto& [name, keys] : sections) {
    if (!has(program_sections, name)) {
      out.push_back("[" + mask_word(name) + "]");
      continue;
    }
    if (!name.empty() && name != section) continue;
    for (const auto& [key, values] : keys) {
      if (known.contains(key) || (name.empty() && has(shared_keys, key))) continue;
      out.push_back((name.empty() ? "" : "[" + name + "] ") + mask_word(key));
    }
  }
  return out;
}

std::vector<std::string> common_keys() {
  return {shared_keys.begin(), shared_keys.end()};
}

file_content read_config_file(const std::string& path) {
  file_content out;
  out.path = path;
  std::ifstream in(path);
  if (!in) {
    out.problem = "cannot be opened for reading";
    return out;
  }
  try {
    for (const auto& item : CLI::ConfigTOML().from_config(in)) {
      // CLI11 marks the start and end of a section this way.
      if (item.name == "++" || item.name == "--") continue;
      std::string section;
      for (const auto& parent : item.parents) section += (section.empty() ? "" : ".") + parent;
      out.sections[section][item.name] = item.inputs;
    }
  } catch (const CLI::Error& error) {
    out.problem = std::string("is not valid TOML: ") + error.what();
  }
  return out;
}

}  // namespace trunkline::config
