// SPDX-License-Identifier: Apache-2.0
// The start of a program: command line, help, version, configuration and its problems.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "common/cli/program_parts.hpp"
#include "common/cli/renamed_options.hpp"
#include "common/log/mask.hpp"
#include "common/process/exit_codes.hpp"
#include "common/process/version.hpp"

namespace trunkline::config {
namespace {

constexpr const char* default_file = "/etc/trunkline/trunkline.toml";

int code(exit_code value) {
  return static_cast<int>(value);
}

// Returns the innermost app that the command line selected, and its full name: a command, a group
// ('dead') or the program.
std::pair<CLI::App*, std::string> innermost(CLI::App& app, const std::string& program) {
  CLI::App* at = &app;
  std::string name = program;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    name += " " + at->get_name();
  }
  return {at, name};
}

// Returns the new name of a word such as "--hold-least" or "--hold-least=1s", or an empty string.
std::string renamed_to(const CLI::App& at, const std::string& word) {
  if (!word.starts_with("--")) return {};
  const auto name = present_name(word.substr(2), [&](std::string_view declared) {
    return at.get_option_no_throw("--" + std::string(declared)) != nullptr;
  });
  return name.empty() ? "" : "--" + std::string(name);
}

std::string describe_unexpected(const CLI::App& at, const std::vector<std::string>& words) {
  std::string out, masked;
  for (const auto& word : words) {
    const auto name = word.substr(0, word.find('='));
    if (const auto renamed = renamed_to(at, name); !renamed.empty())
      out += (out.empty() ? "" : "; ") + ("unknown option " + name) + "; use " + renamed;
    masked += " " + mask_word(name);
  }
  if (!out.empty()) return out;
  const bool option = !words.empty() && words.front().starts_with('-');
  return (option ? "unknown option:" : "unexpected argument:") + masked;
}

// CLI11 reports only that a subcommand is required, not the unknown word. It would also print a
// signing key that follows a misspelt option.
std::string describe_usage_error(const CLI::App& at, const CLI::ParseError& error) {
  // CLI11 stores words after "--" at the program, regardless of the command they belong to.
  const CLI::App* top = &at;
  while (top->get_parent() != nullptr) top = top->get_parent();
  const auto unexpected = top->remaining(true);
  // The value after an old option name may be taken for an argument, and be invalid as such.
  const bool renamed = std::any_of(unexpected.begin(), unexpected.end(), [&at](const auto& word) {
    return !renamed_to(at, word.substr(0, word.find('='))).empty();
  });
  if (renamed || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
    return describe_unexpected(at, unexpected);
  if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr ||
      at.get_require_subcommand_min() == 0)
    return error.what();
  const auto words = at.remaining();
  if (words.empty()) return "a command is required";
  const bool option = words.front().starts_with('-');
  return (option ? "unknown option '" : "unknown command '") + mask_word(words.front()) + "'";
}

// A program without commands, with everything that is declared on it.
struct single_program {
  CLI::App app;
  option_set options;
  standard_flags flags;

  single_program(const program_text& text, const std::function<void(option_set&)>& declare)
      : app(text.description, text.name), options(app, section_of(text.name)) {
    declare(options);
    flags.add_to(app);
    add_version(app, text.name);
    app.footer("Examples:\n" + text.examples);
  }
};

}  // namespace

void standard_flags::add_to(CLI::App& app) {
  app.add_option(
         "--config", file,
         std::string("TOML file with options [env: TRUNKLINE_CONFIG; default: ") + default_file +
             " if present]"
  )
      ->type_name("FILE");
  app.add_flag("--check-config", check, "Check and print the configuration, then exit");
}

std::optional<std::string> standard_flags::config_file() const {
  if (!file.empty()) return file;
  if (const char* named = std::getenv("TRUNKLINE_CONFIG"); named != nullptr && *named != '\0')
    return named;
  if (access(default_file, F_OK) == 0) return default_file;
  return std::nullopt;
}

std::string section_of(const std::string& program) {
  const std::size_t dash = program.find('-');
  return dash == std::string::npos ? program : program.substr(dash + 1);
}

std::optional<int> parse(
    CLI::App& app, const std::string& program, int argc, const char* const* argv
) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& done) {
    return app.exit(done) == 0 ? code(exit_code::ok) : code(exit_code::usage);
  } catch (const CLI::ParseError& error) {
    const auto [at, name] = innermost(app, program);
    std::fprintf(
        stderr, "%s: %s\nTry '%s --help'.\n", name.c_str(),
        describe_usage_error(*at, error).c_str(), name.c_str()
    );
    return code(exit_code::usage);
  }
}

std::optional<int> resolve(
    option_set& options, const standard_flags& flags, const std::string& program
) {
  const auto problems = options.resolve(flags.config_file());
  print_problems(program, problems);
  if (!problems.empty()) return code(exit_code::config);
  if (!flags.check) return std::nullopt;
  std::fputs(options.describe().c_str(), stdout);
  return code(exit_code::ok);
}

void add_version(CLI::App& app, const std::string& program) {
  app.set_version_flag(
      "--version", program + " " TRUNKLINE_VERSION, "Print the version, then exit"
  );
}

void print_problems(const std::string& program, const std::vector<problem>& problems) {
  for (const auto& [key, message] : problems)
    std::fprintf(stderr, "%s: %s: %s\n", program.c_str(), key.c_str(), message.c_str());
}

std::optional<int> start(
    int argc, const char* const* argv, const program_text& text,
    const std::function<void(option_set&)>& declare
) {
  single_program program(text, declare);
  if (const auto code = parse(program.app, text.name, argc, argv)) return code;
  return resolve(program.options, program.flags, text.name);
}

described_program describe(
    const program_text& text, const std::function<void(option_set&)>& declare
) {
  return {text, single_program(text, declare).options.described(), {}};
}

}  // namespace trunkline::config
