// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/cli/arguments.hpp"
#include "common/process/common_options.hpp"

namespace CLI {
class App;
}

// One table of options a program: flag > environment (TRUNKLINE_ + the flag's name) > config file >
// default. CLI11 reads the command line and the TOML file; values are checked here, so that all
// problems are found together and each names its key. Targets are written only by resolve().
namespace trunkline::config {

struct problem {
  std::string key;  // "--claim-after", "TRUNKLINE_CLAIM_AFTER" or "claim-after in FILE": where the
                    // value came from
  std::string message;  // what is wrong and what would be right; never the value of a secret
};

// What else an option may say of itself.
struct traits {
  bool secret = false;  // never printed, not even by --check-config
  bool filled = false;  // given but empty, it is refused: for filters, where none means all
  // Variables without our prefix, asked after TRUNKLINE_...: {"REDIS_URL"}.
  std::vector<std::string> fallback_env = {};
  std::string group = "";  // heading in --help
  std::string (*mask)(std::string_view
  ) = nullptr;             // how --check-config shows it, for URLs with a password inside
  std::string value = "";  // what --help calls its value where TEXT says too little: "FILE"
  // Values that completion offers although others are allowed; of a LIST, several by comma.
  std::vector<std::string> offers = {};
  std::string default_words = "";  // for the manual, where the default depends on the machine
};

// What the table says of an option, for --help's siblings: manual pages and completion.
struct described_option {
  std::string name;   // "--claim-after", "-h,--help"; of a positional "ID"
  std::string value;  // "DURATION", "FILE", "text|json"; empty: a flag
  std::string help;
  std::string group;   // "Options" where it names none
  std::string preset;  // its default, empty for none
  std::string range;   // "100ms to 1d", empty where all values go
  std::vector<std::string> variables;
  std::vector<std::string> offers;
  bool positional = false, required = false, repeatable = false;
  bool value_optional = false;
  bool in_file = false;  // may stand in trunkline.toml
};

class option_set {
 public:
  // section: whose part of the config file is read: "gateway", "worker" or "trunkline".
  option_set(CLI::App& app, std::string section);
  ~option_set();
  option_set(const option_set&) = delete;
  option_set& operator=(const option_set&) = delete;

  // name: without dashes, "claim-after". The target's present value is the default and is shown in
  // --help.
  void text(const std::string& name, std::string& target, const std::string& help, traits = {});
  void duration(
      const std::string& name, std::chrono::milliseconds& target, const std::string& help,
      std::chrono::milliseconds least, std::chrono::milliseconds most, traits = {}
  );
  void size(
      const std::string& name, std::uint64_t& target, const std::string& help, std::uint64_t least,
      std::uint64_t most, traits = {}
  );
  void integer(
      const std::string& name, int& target, const std::string& help, int least, int most,
      traits = {}
  );
  void choice(
      const std::string& name, std::string& target, const std::string& help,
      std::vector<std::string> allowed, traits = {}
  );
  // Repeatable flag; in the environment one value a line; in the file an array.
  void list(
      const std::string& name, std::vector<std::string>& target, const std::string& help,
      traits = {}
  );
  void flag(const std::string& name, bool& target, const std::string& help, traits = {});
  // A check over resolved values: returns a message, or empty when all is well. Runs only if the
  // option's own value was accepted.
  void check(const std::string& name, std::function<std::string()> rule);

  // These are of one call: neither environment nor file sets them, else a line in a file could make
  // every later call go without a question, or filter what nobody asked to be filtered.
  void per_call(const std::vector<std::string>& names);

  // After CLI11 parsed: environment and file are merged in, values checked. Every problem, in
  // option order; an unknown key in the file is one too. The file serves all programs: keys at its
  // top are for whoever has such an option, keys in [gateway], [worker] and [trunkline] for that
  // program alone.
  std::vector<problem> resolve(const std::optional<std::string>& config_file);
  // Names that other commands of the same program have: known in its section of the file, though not
  // ours.
  void also_known(const std::vector<std::string>& names);
  std::vector<std::string> names() const;
  // "name = value  (from where)" a line, secrets as "***" (or "(not set)"): what --check-config
  // prints.
  std::string describe() const;
  // Every option and positional of the program or command, in the order of --help.
  std::vector<described_option> described() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

enum class uses { redis = 1, postgres = 2, both = 3 };
void add_common(option_set& options, common_options& target, uses servers);

// A whole program's start: --help, --version, --config, --check-config, parsing, resolving,
// problems to stderr. declare() registers options on the set. Returns nullopt to go on, or the exit
// code to leave with. examples: shown at the end of --help.
struct program_text {
  std::string name;         // "trunkline-gateway"
  std::string description;  // one sentence
  std::string examples;     // a few lines
};
std::optional<int> start(
    int argc, const char* const* argv, const program_text& text,
    const std::function<void(option_set&)>& declare
);

// A program of commands ("trunkline queue", "trunkline dead list"): the same for each of them. A name
// of two words makes a nested subcommand. declare() says its options and what else its command line
// takes; run() is called with all values in place and returns the exit code.
struct command {
  std::string name;
  std::string description;  // one sentence
  std::string examples;     // end of its --help
  std::function<void(option_set&, arguments&)> declare;
  std::function<int()> run;
};
int run_commands(int argc, const char* const* argv, const program_text& text, std::vector<command> commands);

// The same tables, to be written down.
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

// Problems as start() prints them, one line each: "trunkline-gateway: --threads: must be 1 to 64,
// not 0".
void print_problems(const std::string& program, const std::vector<problem>& problems);

}  // namespace trunkline::config
