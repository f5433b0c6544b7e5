// SPDX-License-Identifier: Apache-2.0
#include "gateway/keys.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace trunkline::gateway {
namespace {

// Keys are lines of some 60 characters: what is larger is some other file, given by mistake.
constexpr std::size_t most_file_bytes = 256u << 10;

void add_lines(
    signature::key_ring& ring, std::string_view text, const std::string& source, int& number,
    std::vector<std::string>& problems
) {
  for (const auto& line : signature::split_keys(text)) {
    ++number;
    if (const auto wrong = ring.add(line); !wrong.empty())
      problems.push_back("key " + std::to_string(number) + " of " + source + ": " + wrong);
  }
}

void add_texts(
    signature::key_ring& ring, const std::vector<std::string>& texts,
    std::vector<std::string>& problems
) {
  int number = 0;
  for (const auto& text : texts) add_lines(ring, text, "--signing-key", number, problems);
}

void add_file(signature::key_ring& ring, const std::string& file, loaded_keys& out) {
  struct stat about {};
  std::ifstream in(file, std::ios::binary);
  if (!in || stat(file.c_str(), &about) != 0) {
    out.problems.push_back("cannot read " + file + ": " + std::strerror(errno));
    return;
  }
  if (S_ISDIR(about.st_mode)) {
    out.problems.push_back("cannot read " + file + ": it is a directory");
    return;
  }
  std::string text(most_file_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > most_file_bytes) {
    out.problems.push_back(file + " is too large for a file of keys");
    return;
  }
  out.file_is_public = (about.st_mode & S_IROTH) != 0;
  int number = 0;
  add_lines(ring, text, file, number, out.problems);
}

std::string join(const std::vector<std::string>& problems) {
  std::string out;
  for (const auto& problem : problems) out += (out.empty() ? "" : "; ") + problem;
  return out;
}

}  // namespace

loaded_keys load_keys(const key_sources& sources) {
  loaded_keys out;
  auto ring = std::make_shared<signature::key_ring>();
  add_texts(*ring, sources.texts, out.problems);
  if (!sources.file.empty()) add_file(*ring, sources.file, out);
  if (out.problems.empty() && ring->size() == 0)
    out.problems.emplace_back(
        "no signing key: give --signing-keys-file FILE, TRUNKLINE_SIGNING_KEYS or "
        "OPENPHONE_WEBHOOK_SIGNING_KEY"
    );
  if (out.problems.empty()) out.ring = std::move(ring);
  return out;
}

std::string check_key_texts(const std::vector<std::string>& texts) {
  signature::key_ring ring;
  std::vector<std::string> problems;
  add_texts(ring, texts, problems);
  return join(problems);
}

std::string check_key_file(const std::string& file) {
  signature::key_ring ring;
  loaded_keys found;
  add_file(ring, file, found);
  return join(found.problems);
}

void log_keys(const signature::key_ring& ring, const logger& log) {
  for (std::size_t i = 0; i < ring.size(); ++i)
    log.info(
        "signing key",
        {{"scheme", ring.schemes(i)}, {"index", i}, {"fingerprint", ring.fingerprint(i)}}
    );
}

}  // namespace trunkline::gateway
