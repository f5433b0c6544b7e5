// SPDX-License-Identifier: Apache-2.0
#include "openphone/connect.hpp"

#include <algorithm>
#include <cstdlib>

#include "common/process/read_input.hpp"

namespace trunkline::openphone {
namespace {

// The API key has no option, because process lists show command lines.
const char* key_variable() {
  const char* value = std::getenv("OPENPHONE_API_KEY");
  return value == nullptr ? "" : value;
}

std::string trimmed(const std::string& text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return "";
  return text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

}  // namespace

bool has_key(const settings& options) {
  return !options.key_file.empty() || *key_variable() != '\0';
}

connected connect(const settings& options, retry_notice notice) {
  if (!has_key(options))
    return {nullptr, "no API key; set OPENPHONE_API_KEY or use --api-key-file"};
  std::string key = key_variable();
  if (!options.key_file.empty()) {
    auto file = read_input(options.key_file);
    if (!file.problem.empty()) return {nullptr, file.problem};
    key = std::move(file.bytes);
  }
  key = trimmed(key);
  const bool fits =
      !key.empty() && key.size() <= 1024 &&
      std::all_of(key.begin(), key.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!fits)
    return {nullptr, "the API key is invalid: it must be one word of printable characters"};
  std::string url = options.api_url;
  auto made = make_transport({std::move(url), key, options.ca_file, options.timeout});
  return {std::make_unique<api>(std::move(made), key, real_clock(), std::move(notice)), ""};
}

}  // namespace trunkline::openphone
