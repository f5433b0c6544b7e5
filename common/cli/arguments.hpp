// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

// What a command takes from the command line alone, beside its table of options: neither environment
// nor file has a say in it. Verbs see this and not CLI11, each inclusion of which costs a compiler
// some five seconds.
namespace trunkline::config {

enum class needed { yes, no };

class arguments {
 public:
  explicit arguments(CLI::App& app) : app_(app) {}

  // Positionals. name: as --help and errors call it, "ID"; value: what --help calls what is to be
  // written there, where the name says too little.
  void one(
      const std::string& name, std::string& target, const std::string& help,
      needed required = needed::no
  );
  void several(
      const std::string& name, std::vector<std::string>& target, const std::string& help,
      const std::string& value = ""
  );
  // An empty target, none given, is allowed.
  void word(
      const std::string& name, std::string& target, const std::string& help,
      const std::vector<std::string>& allowed
  );
  // --name, which is --name preset, or --name SECONDS, at least 0.1 and at most 3600; the target
  // stays empty without.
  void seconds(
      const std::string& name, std::optional<double>& target, const std::string& help, double preset
  );

 private:
  CLI::App& app_;
};

}  // namespace trunkline::config
