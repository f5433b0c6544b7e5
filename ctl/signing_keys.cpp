// SPDX-License-Identifier: Apache-2.0
#include "ctl/signing_keys.hpp"

#include "ctl/input.hpp"

namespace trunkline::ctl {
namespace {

void add_lines(loaded_keys& into, std::string_view text, const std::string& source, int& number) {
  for (auto& line : signature::split_keys(text)) {
    ++number;
    const std::size_t before = into.ring.size();
    const std::string wrong = into.ring.add(line);
    if (!wrong.empty()) {
      into.problems.push_back("key " + std::to_string(number) + " of " + source + ": " + wrong);
    } else if (into.ring.size() > before) {  // else a repetition
      into.texts.push_back(std::move(line));
    }
  }
}

void add_texts(loaded_keys& into, const std::vector<std::string>& texts) {
  int number = 0;
  for (const auto& text : texts) add_lines(into, text, "--key", number);
}

void add_file(loaded_keys& into, const std::string& file) {
  const input content = read_input(file);
  if (!content.problem.empty()) into.problems.push_back(content.problem);
  int number = 0;
  add_lines(into, content.bytes, file, number);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += (out.empty() ? "" : "; ") + line;
  return out;
}

std::string check_file(const key_sources& sources) {
  loaded_keys all;
  if (!sources.file.empty()) add_file(all, sources.file);
  if (!all.problems.empty()) return joined(all.problems);
  if (load_keys(sources).ring.size() > 0 || !sources.texts.empty()) return "";
  return "no signing key: give --key KEY or --signing-keys-file FILE, or set "
         "TRUNKLINE_SIGNING_KEYS or OPENPHONE_WEBHOOK_SIGNING_KEY";
}

}  // namespace

void declare_keys(config::option_set& options, key_sources& target) {
  const std::string group = "Signing keys";
  options.list(
      "key", target.texts,
      "Signing key as the gateway takes it: whsec_BASE64, legacy:BASE64, hex:TEXT or as copied "
      "from the app",
      {.secret = true,
       .fallback_env = {"TRUNKLINE_SIGNING_KEYS", "OPENPHONE_WEBHOOK_SIGNING_KEY"},
       .group = group}
  );
  options.check("key", [&target] {
    loaded_keys of_texts;
    add_texts(of_texts, target.texts);
    return joined(of_texts.problems);
  });
  options.text(
      "signing-keys-file", target.file, "File of signing keys, one a line, # comments",
      {.group = group}
  );
  options.check("signing-keys-file", [&target] { return check_file(target); });
}

loaded_keys load_keys(const key_sources& sources) {
  loaded_keys all;
  add_texts(all, sources.texts);
  if (!sources.file.empty()) add_file(all, sources.file);
  return all;
}

}  // namespace trunkline::ctl
