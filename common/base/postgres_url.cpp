// SPDX-License-Identifier: Apache-2.0
#include "common/base/postgres_url.hpp"

#include <algorithm>
#include <cctype>

namespace trunkline {
namespace {

bool all_of(std::string_view text, int (*is)(int)) {
  return std::all_of(text.begin(), text.end(), [is](char c) {
    return is(static_cast<unsigned char>(c)) != 0;
  });
}

bool good_escapes(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
    if (text.size() < at + 3 || !all_of(text.substr(at + 1, 2), std::isxdigit)) return false;
  return true;
}

// "h", "h:5432", "[::1]:5432"; libpq takes a list of them.
bool good_port(std::string_view host) {
  if (const auto bracket = host.find(']'); bracket != std::string_view::npos)
    host.remove_prefix(bracket);
  const auto colon = host.find(':');
  return colon == std::string_view::npos || all_of(host.substr(colon + 1), std::isdigit);
}

}  // namespace

std::string check_postgres_url(std::string_view text) {
  if (!text.starts_with("postgresql://") && !text.starts_with("postgres://")) return "";
  text.remove_prefix(text.find("://") + 3);
  std::string_view hosts = text.substr(0, text.find_first_of("/?"));
  if (const auto at = hosts.find('@'); at != std::string_view::npos) {
    if (!good_escapes(hosts.substr(0, at))) return "the user or password has a bad %-escape";
    hosts.remove_prefix(at + 1);
  }
  if (hosts.find('@') != std::string_view::npos)
    return "the user or password has an @: it is written %40";
  while (!hosts.empty()) {
    const auto end = std::min(hosts.find(','), hosts.size());
    if (!good_port(hosts.substr(0, end)))
      return "the port must be digits; a / in a password is written %2F";
    hosts.remove_prefix(std::min(end + 1, hosts.size()));
  }
  return "";
}

}  // namespace trunkline
