// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/cli/arguments.hpp"
#include "common/process/common_options.hpp"

namespace CLI {
class App;
}

// One table of options per program. Precedence: command line, environment (TRUNKLINE_ and the name
// of the option), config file, default. CLI11 reads the command line and the TOML file. Values are
// checked here, so that all problems are reported together, each with its key. Only resolve()
// writes targets.
namespace trunkline::config {

struct problem {
  // The origin of the value: "--claim-after", "TRUNKLINE_CLAIM_AFTER" or "claim-after in FILE".
  std::string key;
  // The error and the valid values; never the value of a secret.
  std::string message;
};

// Optional properties of an option.
struct traits {
  // Never printed, not even by --check-config.
  bool secret = false;
  // An empty value is an error: for filters, whose absence selects everything.
  bool filled = false;
  // Variables without the prefix, read after TRUNKLINE_...: {"REDIS_URL"}.
  std::vector<std::string> fallback_env = {};
  // Heading in --help.
  std::string group = "";
  // Formats the value for --check-config: hides the password in a URL.
  std::string (*mask)(std::string_view) = nullptr;
  // Placeholder in --help instead of the type: "FILE".
  std::string value = "";
  // Values that completion offers; others are allowed.
  std::vector<std::string> offers = {};
  // Default in the manual if it depends on the machine.
  std::string default_words = "";
};

// The description of an option for manual pages and completion.
struct described_option {
  // "--claim-after", "-h,--help", or "ID" for a positional argument.
  std::string name;
  // "DURATION", "FILE", "text|json"; empty for a flag.
  std::string value;
  std::string help;
  // "Options" if it has none.
  std::string group;
  // The default, or empty.
  std::string preset;
  // "100ms to 1d", or empty if every value is valid.
  std::string range;
  std::vector<std::string> variables;
  std::vector<std::string> offers;
  bool positional = false, required = false, repeatable = false;
  bool value_optional = false;
  // May be set in trunkline.toml.
  bool in_file = false;
};

class option_set {
 public:
  // section is the section of the config file: "gateway", "worker" or "trunkline".
  option_set(CLI::App& app, std::string section);
  ~option_set();
  option_set(const option_set&) = delete;
  option_set& operator=(const option_set&) = delete;

  // name has no dashes in front: "claim-after". The current value of the target is the default and
  // is shown in --help.
  void text(const std::string& name, std::string& target, const std::string& help, traits = {});
  void duration(
      const std::string& name, std::chrono::milliseconds& target, const std::string& help,
      std::chrono::milliseconds min, std::chrono::milliseconds max, traits = {}
  );
  void size(
      const std::string& name, std::uint64_t& target, const std::string& help, std::uint64_t min,
      std::uint64_t max, traits = {}
  );
  void integer(
      const std::string& name, int& target, const std::string& help, int min, int max, traits = {}
  );
  void choice(
      const std::string& name, std::string& target, const std::string& help,
      std::vector<std::string> allowed, traits = {}
  );
  // A repeatable option; in the environment one value per line, in the file an array.
  void list(
      const std::string& name, std::vector<std::string>& target, const std::string& help,
      traits = {}
  );
  void flag(const std::string& name, bool& target, const std::string& help, traits = {});
  // Adds a rule over resolved values, which returns a message, or an empty string if the values are
  // valid. It runs only if the value of the option itself was accepted.
  void check(const std::string& name, std::function<std::string()> rule);

  // Declares options that only the command line sets. Otherwise a line in a file could suppress the
  // confirmation, or set a filter, for every later call.
  void per_call(const std::vector<std::string>& names);

  // Merges environment and file with the parsed command line and checks the values. Returns all
  // problems in the order of the options, unknown keys in the file included. The file is shared by
  // all programs: keys at its top apply to every program with such an option, keys in [gateway],
  // [worker] and [trunkline] to that program only.
  std::vector<problem> resolve(const std::optional<std::string>& config_file);
  // Adds the options of other commands of the program, which are valid in its section of the file.
  void also_known(const std::vector<std::string>& names);
  std::vector<std::string> names() const;
  // Returns the output of --check-config: one line "name = value  (origin)" per option, with "***"
  // for secrets and "(not set)" for empty values.
  std::string describe() const;
  // Returns every option and positional argument, in the order of --help.
  std::vector<described_option> described() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

enum class uses { redis = 1, postgres = 2, both = 3 };
void add_common(option_set& options, common_options& target, uses servers);

struct program_text {
  // "trunkline-gateway".
  std::string name;
  // One sentence.
  std::string description;
  // A few lines, shown at the end of --help.
  std::string examples;
  // The description of each group of commands: {"events", "Inspect and retry events"}.
  std::vector<std::pair<std::string, std::string>> groups = {};
};
// Starts a program: parses the command line, resolves the options that declare() registers, and
// handles --help, --version, --config and --check-config. Prints problems to standard error.
// Returns an exit code if the program has to exit, otherwise nullopt.
std::optional<int> start(
    int argc, const char* const* argv, const program_text& text,
    const std::function<void(option_set&)>& declare
);

// A command such as "queue" or "dead list"; a name of two words makes a nested subcommand.
// declare() registers its options and arguments. run() is called once all values are set, and
// returns the exit code.
struct command {
  std::string name;
  // One sentence.
  std::string description;
  // Shown at the end of --help.
  std::string examples;
  std::function<void(option_set&, arguments&)> declare;
  std::function<int()> run;
};
int run_commands(
    int argc, const char* const* argv, const program_text& text, std::vector<command> commands
);

// The tables of options, for manual pages and completion.
struct described_command {
  std::string name, description, examples;
  std::vector<described_option> options;
};
struct described_program {
  program_text text;
  std::vector<described_option> options;
  std::vector<described_command> commands;
};
described_program describe(
    const program_text& text, const std::function<void(option_set&)>& declare
);
described_program describe(const program_text& text, std::vector<command> commands);

// Prints one line per problem: "trunkline-gateway: --threads: must be 1 to 64, not 0".
void print_problems(const std::string& program, const std::vector<problem>& problems);

}  // namespace trunkline::config
