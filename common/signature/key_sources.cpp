// SPDX-License-Identifier: Apache-2.0
#include "common/signature/key_sources.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace trunkline::signature {
namespace {

// Keys are lines of about 60 characters: a larger file was named by mistake.
constexpr std::size_t most_file_bytes = 256u << 10;

void add_lines(loaded_keys& into, std::string_view text, const std::string& source, int& number) {
  for (auto& line : split_keys(text)) {
    ++number;
    const std::size_t before = into.ring.size();
    if (const auto wrong = into.ring.add(line); !wrong.empty())
      into.problems.push_back("key " + std::to_string(number) + " of " + source + ": " + wrong);
    else if (into.ring.size() > before)  // else a repetition
      into.texts.push_back(std::move(line));
  }
}

void add_texts(loaded_keys& into, const key_sources& sources) {
  int number = 0;
  for (const auto& text : sources.texts) add_lines(into, text, sources.option, number);
}

void add_file(loaded_keys& into, const std::string& file) {
  struct stat about {};
  std::ifstream in(file, std::ios::binary);
  if (!in || stat(file.c_str(), &about) != 0) {
    into.problems.push_back("cannot read " + file + ": " + std::strerror(errno));
    return;
  }
  if (S_ISDIR(about.st_mode)) {
    into.problems.push_back("cannot read " + file + ": it is a directory");
    return;
  }
  std::string text(most_file_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > most_file_bytes) {
    into.problems.push_back(file + " is too large for a file of keys");
    return;
  }
  into.file_is_public = (about.st_mode & S_IROTH) != 0;
  int number = 0;
  add_lines(into, text, file, number);
}

std::string as_lines(const std::vector<std::string>& problems) {
  std::string out;
  for (const auto& problem : problems) out += (out.empty() ? "" : "\n") + problem;
  return out;
}

}  // namespace

loaded_keys load_keys(const key_sources& sources) {
  loaded_keys out;
  add_texts(out, sources);
  if (!sources.file.empty()) add_file(out, sources.file);
  if (out.problems.empty() && out.ring.size() == 0)
    out.problems.push_back(
        "no signing key: give --signing-keys-file FILE, or set TRUNKLINE_SIGNING_KEYS or "
        "OPENPHONE_WEBHOOK_SIGNING_KEY, or for a trial " +
        sources.option + " KEY"
    );
  return out;
}

std::string check_key_texts(const key_sources& sources) {
  loaded_keys of_texts;
  add_texts(of_texts, sources);
  return as_lines(of_texts.problems);
}

std::string check_key_file(const key_sources& sources) {
  loaded_keys of_file;
  if (!sources.file.empty()) add_file(of_file, sources.file);
  if (!of_file.problems.empty()) return as_lines(of_file.problems);
  return check_key_texts(sources).empty() ? as_lines(load_keys(sources).problems) : "";
}

}  // namespace trunkline::signature
