// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "common/postgres/postgres.hpp"
#include "common/text/encoding.hpp"

// In both forms of a connection string a later setting replaces an earlier one, so the settings of
// the program go first. "options" has several settings in one value: those of the program come
// before those of the user, and the server uses the last one of a name.
namespace trunkline::postgres {
namespace {

using settings = std::vector<std::pair<std::string, std::string>>;

std::string milliseconds(std::chrono::milliseconds value) {
  return std::to_string(value.count());
}

bool in_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

std::string session_options(const session& session) {
  return "-c lock_timeout=" + milliseconds(session.lock_timeout) +
         " -c statement_timeout=" + milliseconds(session.statement_timeout) +
         " -c idle_in_transaction_session_timeout=" +
         milliseconds(session.idle_in_transaction_timeout) +
         (session.options.empty() ? "" : ' ' + session.options);
}

settings session_settings(const session& session) {
  settings all;
  if (!in_environment("PGCONNECT_TIMEOUT")) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(session.connect_timeout).count();
    all.emplace_back("connect_timeout", std::to_string(seconds));
  }
  if (!session.application_name.empty() && !in_environment("PGAPPNAME")) {
    all.emplace_back("application_name", session.application_name);
  }
  all.emplace_back("client_encoding", "UTF8");
  all.emplace_back("keepalives", "1");
  all.emplace_back("keepalives_idle", "30");
  all.emplace_back("keepalives_interval", "10");
  all.emplace_back("keepalives_count", "3");
  all.emplace_back("tcp_user_timeout", "5000");
  return all;
}

// The options in the string would hide those of the environment.
std::string user_options(std::optional<std::string> of_string) {
  if (of_string) return *of_string;
  return in_environment("PGOPTIONS") ? std::getenv("PGOPTIONS") : "";
}

std::string join_options(const std::string& program, const std::string& users) {
  return users.empty() ? program : program + ' ' + users;
}

// Encodes everything except letters and digits, so that a value cannot end its part of a URL.
std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    plain ? void(out += c) : void(out += '%' + hex_encode(std::string_view(&c, 1)));
  }
  return out;
}

std::string quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string with_url(std::string_view user, const session& session) {
  const auto mark = user.find('?');
  const auto query = mark == user.npos ? std::string_view() : user.substr(mark + 1);
  std::optional<std::string> options;
  // The query of the user without options.
  std::string rest;
  for (std::size_t at = 0; at < query.size();) {
    const auto end = std::min(query.find('&', at), query.size());
    const auto item = query.substr(at, end - at);
    if (item.starts_with("options=")) {
      options = percent_decode(item.substr(8)).value_or(std::string(item.substr(8)));
    } else {
      (rest += '&') += item;
    }
    at = end + 1;
  }
  std::string out(user.substr(0, mark));
  out += "?options=" +
         percent_encode(join_options(session_options(session), user_options(std::move(options))));
  for (const auto& [key, value] : session_settings(session)) {
    out += '&' + key + '=' + percent_encode(value);
  }
  return out + rest;
}

// Returns the value of options in a key=value list as libpq reads it; the last one counts.
std::optional<std::string> find_options(std::string_view text) {
  std::optional<std::string> found;
  std::size_t at = 0;
  const auto skip_spaces = [&] {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
  };
  while (skip_spaces(), at < text.size()) {
    const auto equals = std::min(text.find('=', at), text.size());
    auto key = text.substr(at, equals - at);
    while (!key.empty() && std::isspace(static_cast<unsigned char>(key.back()))) {
      key.remove_suffix(1);
    }
    at = equals + 1;
    skip_spaces();
    const bool quoted = at < text.size() && text[at] == '\'';
    if (quoted) ++at;
    std::string value;
    for (; at < text.size(); ++at) {
      if (quoted ? text[at] == '\'' : std::isspace(static_cast<unsigned char>(text[at])) != 0) {
        break;
      }
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      value += text[at];
    }
    ++at;
    if (key == "options") found = std::move(value);
  }
  return found;
}

std::string with_keys(std::string_view user, const session& session) {
  std::string out;
  for (const auto& [key, value] : session_settings(session)) out += key + '=' + quote(value) + ' ';
  // Last, because this value includes the options of the user.
  const auto options = join_options(session_options(session), user_options(find_options(user)));
  return out + std::string(user) + (user.empty() ? "" : " ") + "options=" + quote(options);
}

}  // namespace

std::string conninfo(std::string_view user, const session& session) {
  const bool url = user.starts_with("postgresql://") || user.starts_with("postgres://");
  return url ? with_url(user, session) : with_keys(user, session);
}

}  // namespace trunkline::postgres
