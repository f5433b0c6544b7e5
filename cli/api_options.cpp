// SPDX-License-Identifier: Apache-2.0
#include "cli/api_options.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <cctype>

namespace trunkline::cli {
namespace {

// The key must not travel in clear text over a network.
std::string check_url(const std::string& url) {
  std::string wrong =
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

}  // namespace

void declare_api(config::option_set& set, openphone::settings& target) {
  const std::string group = "Provider";
  set.text(
      "api-url", target.api_url, "URL of the provider's API", {.group = group, .value = "URL"}
  );
  set.check("api-url", [&target] { return check_url(target.api_url); });
  set.text(
      "api-key-file", target.key_file, "File with the API key (default: env OPENPHONE_API_KEY)",
      {.group = group, .value = "FILE"}
  );
  set.text(
      "ca-file", target.ca_file, "Trusted CA certificates (default: the system's)",
      {.group = group, .value = "FILE"}
  );
  set.duration(
      "api-timeout", target.timeout, "Maximum time per request to the provider",
      std::chrono::milliseconds(100), std::chrono::minutes(2), {.group = group}
  );
}

}  // namespace trunkline::cli
