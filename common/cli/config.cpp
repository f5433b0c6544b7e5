// SPDX-License-Identifier: Apache-2.0
#include "common/cli/config.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <set>

#include "common/cli/config_file.hpp"
#include "common/cli/renamed_options.hpp"
#include "common/text/units.hpp"

namespace trunkline::config {
namespace {

constexpr std::string_view one_per_line = "; one per line in the environment";
using raw_values = std::vector<std::string>;

struct entry {
  std::string name;
  std::string help;
  std::string range;
  traits extra;
  bool repeatable = false, per_call = false;
  CLI::Option* on_command_line = nullptr;
  // Checks and stores raw values. Returns an error, or an empty string.
  std::function<std::string(const raw_values&)> set;
  std::function<std::string()> show;
  std::vector<std::function<std::string()>> rules;
  std::string origin = "default";
};

std::string env_name(const std::string& option) {
  std::string name = "TRUNKLINE_" + option;
  for (char& c : name)
    c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

raw_values split_lines(std::string_view text) {
  raw_values lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// An empty variable counts as not set, because that is a common way to unset one.
std::optional<raw_values> from_environment(const entry& option, const std::string& variable) {
  const char* text = std::getenv(variable.c_str());
  if (text == nullptr || *text == '\0') return std::nullopt;
  return option.repeatable ? split_lines(text) : raw_values{text};
}

// Sets out to the only raw value. Returns an error if a file has an array instead.
std::string single_value(const raw_values& raw, std::string& out) {
  if (raw.size() != 1) return "requires one value, not " + std::to_string(raw.size());
  out = raw.front();
  return "";
}

std::string out_of_range(const std::string& range, const std::string& value) {
  return "must be " + range + ", not " + value;
}

// Returns the variables of an option in the order in which they are read.
std::vector<std::string> variables_of(const entry& option) {
  if (option.per_call) return {};
  std::vector<std::string> names{env_name(option.name)};
  names.insert(names.end(), option.extra.fallback_env.begin(), option.extra.fallback_env.end());
  return names;
}

// key is the name in the file, with its section in front: "[worker] claim-after".
std::string describe_unknown_key(const std::string& key, const std::set<std::string>& known) {
  const std::string name = key.substr(key.find(' ') == key.npos ? 0 : key.find(' ') + 1);
  const auto renamed = present_name(name, [&](std::string_view declared) {
    return known.contains(std::string(declared));
  });
  if (!renamed.empty()) return "unknown option; use " + std::string(renamed);
  return "is not an option that a file may set; see --help";
}

// Describes an option as declared to CLI11, which includes --help and positional arguments.
described_option describe_option(const CLI::Option& option) {
  described_option out;
  out.positional = option.get_positional();
  out.name = out.positional ? option.get_name(true) : option.get_name(false, true);
  if (option.get_expected_max() > 0 && option.get_type_size() != 0)
    out.value = option.get_type_name();
  out.help = option.get_description();
  out.group = option.get_group();
  out.preset = option.get_default_str();
  out.required = option.get_required();
  out.repeatable = option.get_expected_max() > 1;
  out.value_optional = option.get_expected_min() == 0 && option.get_expected_max() > 0;
  return out;
}

}  // namespace

struct option_set::impl {
  CLI::App& app;
  std::string section;
  std::vector<std::unique_ptr<entry>> entries;
  std::set<std::string> known_elsewhere;

  entry& add(const std::string& name, const std::string& help, traits extra, const char* type) {
    auto made = std::make_unique<entry>();
    made->name = name;
    made->help = help;
    made->extra = std::move(extra);
    std::string variables;
    for (const auto& variable : variables_of(*made))
      variables += (variables.empty() ? "" : ", ") + variable;
    // const, because CLI11 would use a non-const string as the variable to set.
    const std::string description = help + " [env: " + variables + "]";
    made->on_command_line = app.add_option("--" + name, description)
                                ->type_name(made->extra.value.empty() ? type : made->extra.value);
    made->on_command_line->expected(1);
    if (!made->extra.group.empty()) made->on_command_line->group(made->extra.group);
    entries.push_back(std::move(made));
    return *entries.back();
  }

  // A variable with an old name would otherwise be ignored silently.
  void report_renamed_variables(std::vector<problem>& problems) const {
    const auto declared = [this](std::string_view name) {
      return std::ranges::any_of(entries, [&](const auto& option) {
        return option->name == name && !option->per_call;
      });
    };
    for (const auto& each : renamed_options) {
      const auto variable = env_name(std::string(each.old_name));
      const char* value = std::getenv(variable.c_str());
      if (each.still_in_use || value == nullptr || *value == '\0') continue;
      if (present_name(each.old_name, declared) != each.new_name) continue;
      problems.push_back({variable, "unknown variable; use " + env_name(std::string(each.new_name))}
      );
    }
  }

  // Returns the values of the source with the highest precedence, or nullopt if none sets the
  // option.
  std::optional<raw_values> find(entry& option, const file_content& file) const {
    if (option.on_command_line->count() > 0) {
      option.origin = "--" + option.name;
      return option.on_command_line->results();
    }
    for (const auto& variable : variables_of(option)) {
      if (auto raw = from_environment(option, variable)) {
        option.origin = variable;
        return raw;
      }
    }
    if (option.per_call) return std::nullopt;
    if (const auto* values = file.find(section, option.name)) {
      option.origin = option.name + " in " + file.path;
      return *values;
    }
    return std::nullopt;
  }
};

option_set::option_set(CLI::App& app, std::string section)
    : impl_(new impl{app, std::move(section), {}, {}}) {}
option_set::~option_set() = default;

void option_set::text(
    const std::string& name, std::string& target, const std::string& help, traits extra
) {
  auto& option = impl_->add(name, help, std::move(extra), "TEXT");
  if (!target.empty() && !option.extra.secret) option.on_command_line->default_str(target);
  const bool filled = option.extra.filled;
  option.set = [&target, filled](const raw_values& raw) -> std::string {
    if (filled && raw.size() == 1 && raw.front().empty()) return "must not be empty";
    return single_value(raw, target);
  };
  option.show = [&target] { return target; };
}

void option_set::duration(
    const std::string& name, std::chrono::milliseconds& target, const std::string& help,
    std::chrono::milliseconds min, std::chrono::milliseconds max, traits extra
) {
  auto& option = impl_->add(name, help, std::move(extra), "DURATION");
  option.on_command_line->default_str(format_duration(target));
  option.range = format_duration(min) + " to " + format_duration(max);
  option.set = [&target, min, max, &range = option.range](const raw_values& raw) -> std::string {
    std::string text;
    if (auto error = single_value(raw, text); !error.empty()) return error;
    const auto value = parse_duration(text);
    if (!value)
      return "must be a duration with a unit such as 500ms, 60s, 5m or 6h, not '" + text + "'";
    if (*value < min || *value > max) return out_of_range(range, text);
    target = *value;
    return "";
  };
  option.show = [&target] { return format_duration(target); };
}

void option_set::size(
    const std::string& name, std::uint64_t& target, const std::string& help, std::uint64_t min,
    std::uint64_t max, traits extra
) {
  auto& option = impl_->add(name, help, std::move(extra), "SIZE");
  option.on_command_line->default_str(format_size(target));
  option.range = format_size(min) + " to " + format_size(max);
  option.set = [&target, min, max, &range = option.range](const raw_values& raw) -> std::string {
    std::string text;
    if (auto error = single_value(raw, text); !error.empty()) return error;
    const auto value = parse_size(text);
    if (!value) return "must be a size such as 512, 64KiB or 1MiB, not '" + text + "'";
    if (*value < min || *value > max) return out_of_range(range, text);
    target = *value;
    return "";
  };
  option.show = [&target] { return format_size(target); };
}

void option_set::integer(
    const std::string& name, int& target, const std::string& help, int min, int max, traits extra
) {
  auto& option = impl_->add(name, help, std::move(extra), "N");
  option.on_command_line->default_str(std::to_string(target));
  option.range = std::to_string(min) + " to " + std::to_string(max);
  option.set = [&target, min, max, &range = option.range](const raw_values& raw) -> std::string {
    std::string text;
    if (auto error = single_value(raw, text); !error.empty()) return error;
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
      return "must be a whole number, not '" + text + "'";
    if (value < min || value > max) return out_of_range(range, text);
    target = value;
    return "";
  };
  option.show = [&target] { return std::to_string(target); };
}

void option_set::choice(
    const std::string& name, std::string& target, const std::string& help,
    std::vector<std::string> allowed, traits extra
) {
  std::string words;
  for (const auto& word : allowed) words += (words.empty() ? "" : "|") + word;
  auto& option = impl_->add(name, help, std::move(extra), "");
  option.on_command_line->type_name(words)->default_str(target);
  option.set = [&target, words,
                allowed = std::move(allowed)](const raw_values& raw) -> std::string {
    std::string text;
    if (auto error = single_value(raw, text); !error.empty()) return error;
    if (std::find(allowed.begin(), allowed.end(), text) == allowed.end())
      return "must be one of " + words + ", not '" + text + "'";
    target = text;
    return "";
  };
  option.show = [&target] { return target; };
}

void option_set::list(
    const std::string& name, std::vector<std::string>& target, const std::string& help, traits extra
) {
  auto& option =
      impl_->add(name, help + "; repeatable" + std::string(one_per_line), std::move(extra), "TEXT");
  option.repeatable = true;
  // Repeatable, but with one value each, so that it does not consume a following positional
  // argument.
  option.on_command_line->expected(1, 1000)->allow_extra_args(false);
  option.set = [&target](const raw_values& raw) {
    target = raw;
    return std::string();
  };
  option.show = [&target] {
    std::string out;
    for (const auto& value : target) out += (out.empty() ? "" : ", ") + value;
    return out;
  };
}

void option_set::flag(
    const std::string& name, bool& target, const std::string& help, traits extra
) {
  auto& option = impl_->add(name, help, std::move(extra), "");
  // Accepts --flag and --flag=false. An optional value would consume a following positional
  // argument.
  option.on_command_line->expected(0)->type_name("");
  option.set = [&target](const raw_values& raw) -> std::string {
    const std::string text = raw.empty() || raw.front().empty() ? "true" : raw.front();
    if (text != "true" && text != "false" && text != "1" && text != "0")
      return "must be true or false, not '" + text + "'";
    target = text == "true" || text == "1";
    return "";
  };
  option.show = [&target] { return std::string(target ? "true" : "false"); };
}

void option_set::check(const std::string& name, std::function<std::string()> rule) {
  for (auto& option : impl_->entries) {
    if (option->name == name) return option->rules.push_back(std::move(rule));
  }
  throw std::logic_error("check() for an option that is not declared: " + name);
}

void option_set::per_call(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto found =
        std::ranges::find(impl_->entries, name, [](const auto& option) { return option->name; });
    if (found == impl_->entries.end())
      throw std::logic_error("per_call() for an option that is not declared: " + name);
    (*found)->per_call = true;
    auto& help = (*found)->help;
    if (help.ends_with(one_per_line)) help.resize(help.size() - one_per_line.size());
    (*found)->on_command_line->description(help);
  }
}

void option_set::also_known(const std::vector<std::string>& other) {
  impl_->known_elsewhere.insert(other.begin(), other.end());
}

std::vector<std::string> option_set::names() const {
  std::vector<std::string> all;
  for (const auto& option : impl_->entries)
    if (!option->per_call) all.push_back(option->name);
  return all;
}

std::vector<problem> option_set::resolve(const std::optional<std::string>& config_file) {
  std::vector<problem> problems;
  file_content file;
  if (config_file) {
    file = read_config_file(*config_file);
    if (!file.problem.empty()) problems.push_back({*config_file, file.problem});
  }
  std::set<std::string> known = impl_->known_elsewhere;
  for (const auto& option : impl_->entries)
    if (!option->per_call) known.insert(option->name);
  for (const auto& key : file.unknown(impl_->section, known))
    problems.push_back({key + " in " + file.path, describe_unknown_key(key, known)});
  impl_->report_renamed_variables(problems);

  for (auto& option : impl_->entries) {
    if (const auto raw = impl_->find(*option, file)) {
      std::string error = option->set(*raw);
      if (!error.empty()) {
        if (option->extra.secret) error = "is not valid (its value is not shown)";
        problems.push_back({option->origin, error});
        continue;
      }
    }
    const std::string key = option->origin == "default" ? "--" + option->name : option->origin;
    for (const auto& rule : option->rules) {
      for (const auto& error : split_lines(rule())) problems.push_back({key, error});
    }
  }
  return problems;
}

std::string option_set::describe() const {
  std::string out;
  for (const auto& option : impl_->entries) {
    std::string value = option->show();
    if (value.empty()) {
      value = "(not set)";
    } else if (option->extra.secret) {
      value = "***";
    } else if (option->extra.mask != nullptr) {
      value = option->extra.mask(value);
    }
    out += option->name + " = " + value + "  (" + option->origin + ")\n";
  }
  return out;
}

std::vector<described_option> option_set::described() const {
  std::vector<described_option> out;
  for (const CLI::Option* option : impl_->app.get_options()) {
    out.push_back(describe_option(*option));
    for (const auto& declared : impl_->entries) {
      if (declared->on_command_line != option) continue;
      auto& described = out.back();
      described.help = declared->help;
      described.range = declared->range;
      described.variables = variables_of(*declared);
      described.offers = declared->extra.offers;
      described.in_file = !declared->per_call;
      if (!declared->extra.default_words.empty()) described.preset = declared->extra.default_words;
    }
  }
  return out;
}

}  // namespace trunkline::config
