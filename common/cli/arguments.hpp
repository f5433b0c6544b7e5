// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

// The arguments of a command that only the command line sets, in addition to its table of options.
// Commands include this header and not CLI11, which takes about five seconds to compile.
namespace trunkline::config {

enum class needed { yes, no };

class arguments {
 public:
  explicit arguments(CLI::App& app) : app_(app) {}

  // Declares a positional argument. name is its name in --help and errors ("ID"); value, if given,
  // is its placeholder in --help.
  void one(
      const std::string& name, std::string& target, const std::string& help,
      needed required = needed::no
  );
  void several(
      const std::string& name, std::vector<std::string>& target, const std::string& help,
      const std::string& value = ""
  );
  // The argument may be omitted, which leaves the target empty.
  void word(
      const std::string& name, std::string& target, const std::string& help,
      const std::vector<std::string>& allowed
  );
  // Declares --name or --name SECONDS, from 0.1 to 3600. Without SECONDS the target is preset;
  // without the option it stays empty.
  void seconds(
      const std::string& name, std::optional<double>& target, const std::string& help, double preset
  );

 private:
  CLI::App& app_;
};

}  // namespace trunkline::config
