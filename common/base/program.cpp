// SPDX-License-Identifier: Apache-2.0
// The start of a program: command line, help, version, configuration, its problems, and verbs.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/version.hpp"
#include "common/base/config.hpp"
#include "common/base/exit_codes.hpp"
#include "common/base/mask.hpp"
#include "common/base/postgres_url.hpp"

namespace trunkline::config {
namespace {

constexpr const char* default_file = "/etc/trunkline/trunkline.toml";

// Flags that every program and verb has besides its own options.
struct standard_flags {
  std::string file;
  bool check = false;

  void add_to(CLI::App& app) {
    app.add_option(
           "--config", file,
           std::string("TOML file of options [env: TRUNKLINE_CONFIG; default: ") + default_file +
               " if present]"
    )
        ->type_name("FILE");
    app.add_flag(
        "--check-config", check, "Print the configuration as understood, without secrets, and exit"
    );
  }

  std::optional<std::string> config_file() const {
    if (!file.empty()) return file;
    if (const char* named = std::getenv("TRUNKLINE_CONFIG"); named != nullptr && *named != '\0')
      return named;
    if (access(default_file, F_OK) == 0) return default_file;
    return std::nullopt;
  }
};

std::string section_of(const std::string& program) {
  const std::size_t dash = program.find('-');
  return dash == std::string::npos ? program : program.substr(dash + 1);
}

int code(exit_code value) {
  return static_cast<int>(value);
}

// The app that the command line got to: a verb's, a group's ('dead') or the program's own.
std::pair<CLI::App*, std::string> innermost(CLI::App& app, const std::string& program) {
  CLI::App* at = &app;
  std::string name = program;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    name += " " + at->get_name();
  }
  return {at, name};
}

// CLI11 says only that a subcommand is required, not which word was none; and it would repeat a key
// that stands behind a misspelt flag.
std::string wrong_usage(const CLI::App& at, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    std::string out = "not expected:";
    for (const auto& word : at.remaining(true))
      out += " " + mask_word(word.substr(0, word.find('=')));
    return out;
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr ||
      at.get_require_subcommand_min() == 0)
    return error.what();
  const auto words = at.remaining();
  return words.empty() ? "say what to do" : "there is no '" + mask_word(words.front()) + "'";
}

// Nullopt to go on, else the code to leave with.
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
        stderr, "%s: %s\nTry '%s --help'.\n", name.c_str(), wrong_usage(*at, error).c_str(),
        name.c_str()
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
  app.set_version_flag("--version", program + " " TRUNKLINE_VERSION, "Print the version and exit");
}

struct declared_verb {
  verb* what;
  CLI::App* app;
  std::unique_ptr<option_set> options;
  standard_flags flags;
};

CLI::App* add_verb_app(CLI::App& root, const verb& what) {
  const std::size_t space = what.name.find(' ');
  if (space == std::string::npos) return root.add_subcommand(what.name, what.description);
  const std::string group = what.name.substr(0, space);
  CLI::App* parent = nullptr;
  for (CLI::App* known :
       root.get_subcommands([&](CLI::App* sub) { return sub->get_name() == group; }))
    parent = known;
  const std::string word = what.name.substr(space + 1);
  const std::string example = what.examples.substr(0, what.examples.find('\n') + 1);
  if (parent == nullptr) {
    parent = root.add_subcommand(group, word);
    parent->footer("Examples:\n" + example);
    parent->require_subcommand(1);
  } else {
    parent->description(parent->get_description() + ", " + word);
    parent->footer(parent->get_footer() + example);
  }
  return parent->add_subcommand(word, what.description);
}

}  // namespace

void print_problems(const std::string& program, const std::vector<problem>& problems) {
  for (const auto& [key, message] : problems)
    std::fprintf(stderr, "%s: %s: %s\n", program.c_str(), key.c_str(), message.c_str());
}

std::optional<int> start(
    int argc, const char* const* argv, const program_text& text,
    const std::function<void(option_set&)>& declare
) {
  CLI::App app(text.description, text.name);
  option_set options(app, section_of(text.name));
  declare(options);
  standard_flags flags;
  flags.add_to(app);
  add_version(app, text.name);
  app.footer("Examples:\n" + text.examples);
  if (const auto leave = parse(app, text.name, argc, argv)) return leave;
  return resolve(options, flags, text.name);
}

int run_verbs(
    int argc, const char* const* argv, const program_text& text, std::vector<verb> verbs
) {
  CLI::App app(text.description, text.name);
  add_version(app, text.name);
  app.footer("Examples:\n" + text.examples);
  app.require_subcommand(1);
  std::vector<declared_verb> declared;
  declared.reserve(verbs.size());  // CLI11 keeps references to the flags inside
  std::vector<std::string> all_names;
  for (auto& what : verbs) {
    CLI::App* sub = add_verb_app(app, what);
    declared.push_back({&what, sub, std::make_unique<option_set>(*sub, section_of(text.name)), {}});
    what.declare(*declared.back().options, *sub);
    declared.back().flags.add_to(*sub);
    sub->footer("Examples:\n" + what.examples);
    for (const auto& name : declared.back().options->names()) all_names.push_back(name);
  }
  if (const auto leave = parse(app, text.name, argc, argv)) return *leave;
  for (auto& chosen : declared) {
    if (!chosen.app->parsed()) continue;
    chosen.options->also_known(all_names);
    if (const auto leave =
            resolve(*chosen.options, chosen.flags, text.name + " " + chosen.what->name))
      return *leave;
    return chosen.what->run();
  }
  return code(exit_code::usage);
}

void add_common(option_set& options, common_options& target, uses servers) {
  const auto bits = static_cast<unsigned>(servers);
  const std::string group = "Servers and logging";
  if (bits & static_cast<unsigned>(uses::redis)) {
    options.text(
        "redis", target.redis,
        "Redis: redis://[user:password@]host[:port][/db], rediss:// over TLS, unix:///path?db=N",
        {.fallback_env = {"REDIS_URL"}, .group = group, .mask = mask_url}
    );
    options.text(
        "namespace", target.stream_namespace, "Prefix of all keys in Redis, for a shared server",
        {.group = group}
    );
    options.check("namespace", [&target]() -> std::string {
      const bool fits =
          !target.stream_namespace.empty() && target.stream_namespace.size() <= 64 &&
          target.stream_namespace.find_first_of("{} \t\r\n*?[]\\") == std::string::npos;
      return fits ? "" : "must be 1 to 64 characters without blanks, braces, brackets, * ? and \\";
    });
  }
  if (bits & static_cast<unsigned>(uses::postgres)) {
    options.text(
        "postgres", target.postgres,
        "Postgres: URL or key=value list; empty: libpq's own PGHOST, PGSERVICE, PGPASSFILE and so "
        "on",
        {.fallback_env = {"DATABASE_URL"}, .group = group, .mask = mask_conninfo}
    );
    options.check("postgres", [&target] { return check_postgres_url(target.postgres); });
  }
  options.choice(
      "log-level", target.log_level, "Least level that is logged; SIGUSR1 toggles debug",
      {"debug", "info", "warn", "error"}, {.group = group}
  );
  options.choice(
      "log-format", target.log_format, "One line a record", {"text", "json"}, {.group = group}
  );
}

logger make_logger(const std::string& source, const common_options& options) {
  log_level level = log_level::info;
  if (options.log_level == "debug") level = log_level::debug;
  if (options.log_level == "warn") level = log_level::warn;
  if (options.log_level == "error") level = log_level::error;
  return logger(source, level, options.log_format == "json" ? log_format::json : log_format::text);
}

}  // namespace trunkline::config
