// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

namespace trunkline::config {

// A TOML file of options, read once: keys at the top and in one level of sections.
struct file_content {
  std::string path;
  std::string problem;  // why it could not be read; empty otherwise
  // section ("" for the top) -> key -> values
  std::map<std::string, std::map<std::string, std::vector<std::string>>> sections;

  // The section's own value, else the top's; nullptr if neither has the key.
  const std::vector<std::string>* find(const std::string& section, const std::string& key) const;
  // Keys that nobody can mean: of the given section and of the top, as "[gateway] thread", and
  // sections of no program.
  std::vector<std::string> unknown(const std::string& section, const std::set<std::string>& known)
      const;
};

// May stand at the top of a file that programs share, though one of them has no such option.
std::vector<std::string> common_keys();

file_content read_config_file(const std::string& path);

}  // namespace trunkline::config
