// SPDX-License-Identifier: Apache-2.0
#include "openphone/options.hpp"

#include <algorithm>
#include <cstdlib>

#include "cli/input.hpp"

namespace trunkline::provider {
namespace {

// The one setting that is read from the environment alone: it has no flag, so that it can't be
// seen in a list of processes.
const char* key_variable() {
  const char* value = std::getenv("OPENPHONE_API_KEY");
  return value == nullptr ? "" : value;
}

// The key must not travel in clear text over a network.
std::string check_url(const std::string& url) {
  const std::string wrong =
      "must be https://HOST[:PORT] (http:// only for 127.0.0.1, [::1] and localhost)";
  const bool tls = url.starts_with("https://");
  if (!tls && !url.starts_with("http://")) return wrong;
  const std::string authority = url.substr(tls ? 8 : 7);
  const bool plain =
      !authority.empty() && std::all_of(authority.begin(), authority.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
      });
  if (!plain) return wrong;
  const std::string host = authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1)
                                                      : authority.substr(0, authority.find(':'));
  return tls || host == "127.0.0.1" || host == "[::1]" || host == "localhost" ? "" : wrong;
}

std::string trimmed(std::string text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return "";
  return text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

}  // namespace

void declare(config::option_set& options, settings& target) {
  const std::string group = "Provider";
  options.text("api-url", target.api_url, "The provider's API", {.group = group});
  options.check("api-url", [&target] { return check_url(target.api_url); });
  options.text(
      "api-key-file", target.key_file,
      "File with the API key; without it the variable OPENPHONE_API_KEY",
      {.group = group, .value = "FILE"}
  );
  options.text(
      "ca-file", target.ca_file, "Certificates to trust instead of the system's",
      {.group = group, .value = "FILE"}
  );
  options.duration(
      "api-timeout", target.timeout, "For one answer of the provider",
      std::chrono::milliseconds(100), std::chrono::minutes(2), {.group = group}
  );
}

bool has_key(const settings& given) {
  return !given.key_file.empty() || *key_variable() != '\0';
}

connected connect(const settings& given, retry_notice notice) {
  if (!has_key(given))
    return {nullptr, "no API key: set OPENPHONE_API_KEY or give --api-key-file FILE"};
  std::string key = key_variable();
  if (!given.key_file.empty()) {
    auto file = ctl::read_input(given.key_file);
    if (!file.problem.empty()) return {nullptr, file.problem};
    key = std::move(file.bytes);
  }
  key = trimmed(key);
  const bool fits =
      !key.empty() && key.size() <= 1024 &&
      std::all_of(key.begin(), key.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!fits)
    return {nullptr, "the API key is not one word of printable characters (it is not shown)"};
  std::string url = given.api_url;
  auto made = make_transport({std::move(url), key, given.ca_file, given.timeout});
  return {std::make_unique<api>(std::move(made), key, real_clock(), std::move(notice)), ""};
}

}  // namespace trunkline::provider
