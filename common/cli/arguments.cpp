// SPDX-License-Identifier: Apache-2.0
#include "common/cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace trunkline::config {
namespace {

constexpr double min_seconds = 0.1, max_seconds = 3600;

std::string check_seconds(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const bool good =
      end != text.c_str() && *end == '\0' && value >= min_seconds && value <= max_seconds;
  return text.empty() || good ? "" : "must be 0.1 to 3600 seconds";
}

}  // namespace

void arguments::one(
    const std::string& name, std::string& target, const std::string& help, needed required
) {
  app_.add_option(name, target, help)->required(required == needed::yes);
}

void arguments::several(
    const std::string& name, std::vector<std::string>& target, const std::string& help,
    const std::string& value
) {
  auto* option = app_.add_option(name, target, help);
  if (!value.empty()) option->type_name(value);
}

void arguments::word(
    const std::string& name, std::string& target, const std::string& help,
    const std::vector<std::string>& allowed
) {
  std::string words;
  for (const auto& each : allowed) words += (words.empty() ? "" : "|") + each;
  app_.add_option(name, target, help)
      ->check(CLI::IsMember(allowed).description(""))
      ->type_name(words);
}

void arguments::seconds(
    const std::string& name, std::optional<double>& target, const std::string& help, double preset
) {
  const CLI::callback_t take = [&target, preset](const CLI::results_t& words) {
    const bool bare = words.empty() || words.front().empty();
    target = bare ? preset : std::strtod(words.front().c_str(), nullptr);
    return true;
  };
  app_.add_option("--" + name, take, help)
      ->expected(0, 1)
      ->type_name("[SECONDS]")
      ->check(check_seconds);
}

}  // namespace trunkline::config
