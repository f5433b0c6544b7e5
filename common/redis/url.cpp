// SPDX-License-Identifier: Apache-2.0
#include "common/redis/url.hpp"

#include <charconv>
#include <utility>

#include "common/text/encoding.hpp"

namespace trunkline::redis {
namespace {

// sockaddr_un holds 108 bytes with the final NUL.
constexpr std::size_t longest_socket_path = 107;

// The errors never quote the text, because a password that is not percent-encoded can be in any
// part.

// Removes and returns the part before the mark, or all of text if it has no mark.
std::string_view cut(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  const auto head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

template <class Number>
bool parse_number(std::string_view text, Number min, Number max, Number& out) {
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && stop == end && out >= min && out <= max;
}

std::string parse_database(std::string_view text, endpoint& out) {
  if (text.empty() || parse_number(text, 0, 1'000'000, out.database)) return {};
  return "the database must be a whole number from 0";
}

// Removes "user:password@" from the front of authority.
std::string parse_user(std::string_view& authority, endpoint& out) {
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return {};
  auto secret = authority.substr(0, at);
  const auto name = cut(secret, ':');
  authority.remove_prefix(at + 1);
  auto user = percent_decode(name);
  auto password = percent_decode(secret);
  if (!user || !password) return "the user or password has an invalid %-escape";
  out.user = std::move(*user);
  out.password = std::move(*password);
  return {};
}

std::string parse_host(std::string_view text, endpoint& out) {
  bool port_given = false;
  std::string_view host = text;
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    if (text.find(']') == std::string_view::npos)
      return "an IPv6 address needs its closing bracket";
    host = cut(text, ']');
    if (!text.empty() && text.front() != ':') return "only :port may follow the IPv6 address";
    port_given = !text.empty();
    text.remove_prefix(port_given ? 1 : 0);
    if (host.empty()) return "the host is empty";
  } else {
    port_given = text.find(':') != std::string_view::npos;
    host = cut(text, ':');
  }
  for (const char c : host)
    if (c <= ' ' || c == 0x7f || c == '%' || c == '\\') return "the host has an invalid character";
  if (port_given && !parse_number<std::uint16_t>(text, 1, 65535, out.port))
    return "the port must be 1 to 65535";
  if (!host.empty()) out.host = host;
  return {};
}

std::string parse_tcp(std::string_view rest, endpoint& out) {
  auto authority = cut(rest, '/');
  if (auto problem = parse_user(authority, out); !problem.empty()) return problem;
  if (auto problem = parse_host(authority, out); !problem.empty()) return problem;
  return parse_database(rest, out);
}

std::string parse_unix(std::string_view rest, endpoint& out) {
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos)
    return "unix:// requires an absolute path: unix:///run/redis.sock";
  auto authority = rest.substr(0, slash);
  rest.remove_prefix(slash);
  if (auto problem = parse_user(authority, out); !problem.empty()) return problem;
  if (!authority.empty()) return "unix:// has no host: unix:///run/redis.sock";

  auto path = percent_decode(cut(rest, '?'));
  if (!path) return "the path has an invalid %-escape";
  if (path->size() < 2 || path->find('\0') != std::string::npos)
    return "the path is not a path of a file";
  if (path->size() > longest_socket_path) return "the path is longer than 107 bytes";
  out.path = std::move(*path);
  if (rest.empty()) return {};
  if (!rest.starts_with("db=")) return "the only parameter is db=N";
  return parse_database(rest.substr(3), out);
}

}  // namespace

std::string endpoint::describe() const {
  const auto where = via == transport::unix_socket ? path
                     : host.find(':') != std::string::npos
                         ? '[' + host + "]:" + std::to_string(port)
                         : host + ':' + std::to_string(port);
  return where + '/' + std::to_string(database);
}

std::string parse_url(std::string_view text, endpoint& out) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return "must be redis://, rediss:// or unix://";
  const auto scheme = text.substr(0, scheme_end);
  const auto rest = text.substr(scheme_end + 3);

  endpoint parsed;
  std::string problem;
  if (scheme == "redis" || scheme == "rediss") {
    parsed.via = scheme == "redis" ? endpoint::transport::tcp : endpoint::transport::tls;
    problem = parse_tcp(rest, parsed);
  } else if (scheme == "unix") {
    parsed.via = endpoint::transport::unix_socket;
    problem = parse_unix(rest, parsed);
  } else {
    problem = "must be redis://, rediss:// or unix://";
  }
  if (problem.empty()) out = std::move(parsed);
  return problem;
}

}  // namespace trunkline::redis
