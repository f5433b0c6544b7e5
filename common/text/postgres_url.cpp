// SPDX-License-Identifier: Apache-2.0
#include "common/text/postgres_url.hpp"

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
    if (text.size() < at + 3 || !all_of(text.substr(at + 1, 2), std::isxdigit) ||
        text.substr(at + 1, 2) == "00")
      return false;
  return true;
}

// Accepts "[::1]", "[::1]:5432" and hosts without a bracket at the start.
bool good_brackets(std::string_view host) {
  if (!host.starts_with('[')) return true;
  const auto end = host.find(']');
  return end != std::string_view::npos && end > 1 &&
         (end + 1 == host.size() || host[end + 1] == ':');
}

// Accepts "sslmode=require&user=...", with one = per parameter. The value of options is free,
// because Trunkline writes it itself.
bool good_query(std::string_view query) {
  while (!query.empty()) {
    const auto item = query.substr(0, query.find('&'));
    const bool one = item.find('=') != std::string_view::npos && item.find('=') == item.rfind('=');
    if (!item.starts_with("options=") && !(one && good_escapes(item))) return false;
    query.remove_prefix(std::min(item.size() + 1, query.size()));
  }
  return true;
}

// Accepts "h", "h:5432" and "[::1]:5432".
bool good_port(std::string_view host) {
  if (const auto bracket = host.find(']'); bracket != std::string_view::npos)
    host.remove_prefix(bracket);
  const auto colon = host.find(':');
  return colon == std::string_view::npos || all_of(host.substr(colon + 1), std::isdigit);
}

// Parses "host=h password='a b'" like libpq.
std::string check_list(std::string_view text) {
  const auto blank = [&](std::size_t i) {
    return std::isspace(static_cast<unsigned char>(text[i])) != 0;
  };
  std::size_t at = 0;
  const auto skip_blanks = [&] {
    while (at < text.size() && blank(at)) ++at;
  };
  while (skip_blanks(), at < text.size()) {
    while (at < text.size() &&
           (text[at] == '_' || std::islower(static_cast<unsigned char>(text[at]))))
      ++at;
    skip_blanks();
    if (at == text.size() || text[at] != '=') return "neither a URL nor a list of key=value";
    ++at;
    skip_blanks();
    const bool quoted = at < text.size() && text[at] == '\'';
    if (quoted) ++at;
    for (; at < text.size() && (quoted ? text[at] != '\'' : !blank(at)); ++at)
      if (text[at] == '\\') ++at;
    if (quoted && at >= text.size()) return "neither a URL nor a list of key=value";
    if (quoted) ++at;
  }
  return "";
}

}  // namespace

// The error of libpq would quote the text in logs and in /readyz.
std::string check_postgres_url(std::string_view text) {
  if (!text.starts_with("postgresql://") && !text.starts_with("postgres://"))
    return check_list(text);
  text.remove_prefix(text.find("://") + 3);
  if (const auto mark = text.find('?'); mark != std::string_view::npos)
    if (text.find('@', mark) == std::string_view::npos && !good_query(text.substr(mark + 1)))
      return "the URL cannot be read";
  std::string_view hosts = text.substr(0, text.find_first_of("/?"));
  if (const auto at = hosts.find('@'); at != std::string_view::npos) {
    if (!good_escapes(hosts.substr(0, at))) return "the user or password has an invalid %-escape";
    hosts.remove_prefix(at + 1);
  }
  if (hosts.find('@') != std::string_view::npos)
    return "the user or password has an @; write it as %40";
  if (!good_escapes(text.substr(0, text.find('?')))) return "the URL cannot be read";
  while (!hosts.empty()) {
    const auto end = std::min(hosts.find(','), hosts.size());
    if (!good_brackets(hosts.substr(0, end))) return "the URL cannot be read";
    if (!good_port(hosts.substr(0, end)))
      return "the port must be digits; write a / in a password as %2F";
    hosts.remove_prefix(std::min(end + 1, hosts.size()));
  }
  return "";
}

}  // namespace trunkline
