// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

namespace trunkline::config {

// The content of a TOML file with options: keys at the top and in one level of sections.
struct file_content {
  std::string path;
  // The reason why the file could not be read, or empty.
  std::string problem;
  // Section ("" for the top), key and values.
  std::map<std::string, std::map<std::string, std::vector<std::string>>> sections;

  // Returns the value in the section, otherwise the one at the top, or nullptr if neither has the
  // key.
  const std::vector<std::string>* find(const std::string& section, const std::string& key) const;
  // Returns the unknown keys of the section and of the top, as "[gateway] thread", and the unknown
  // sections.
  std::vector<std::string> unknown(const std::string& section, const std::set<std::string>& known)
      const;
};

// Returns the keys that are valid at the top of a shared file even for a program without such an
// option.
std::vector<std::string> common_keys();

file_content read_config_file(const std::string& path);

}  // namespace trunkline::config
