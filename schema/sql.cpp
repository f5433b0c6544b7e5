// SPDX-License-Identifier: Apache-2.0
#include "schema/sql.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace trunkline::sql {
namespace {

[[noreturn]] void fail(const char* what, std::string_view name, std::string_view placeholder = "") {
  std::fprintf(
      stderr, "%s: %.*s %.*s\n", what, static_cast<int>(name.size()), name.data(),
      static_cast<int>(placeholder.size()), placeholder.data()
  );
  std::abort();
}

// Returns the placeholder that begins at the brace text[at], or "" if none does.
std::string_view placeholder_at(std::string_view text, std::size_t at) {
  const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at + 1);
  if (end == text.npos || text[end] != '}') return {};
  return text.substr(at + 1, end - at - 1);
}

}  // namespace

std::string_view query(std::string_view name) {
  const auto all = name.starts_with("admin/") ? admin_queries() : queries();
  const auto at = std::ranges::lower_bound(all, name, {}, &statement::name);
  if (at == all.end() || at->name != name) fail("no such query in schema/queries", name);
  return at->text;
}

std::string compose(std::string_view name, std::initializer_list<fragment> fragments) {
  const auto text = query(name);
  for (const auto& fragment : fragments) {
    if (text.find('{' + std::string(fragment.placeholder) + '}') == text.npos)
      fail("no such placeholder in the query", name, fragment.placeholder);
  }
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = 0; (at = text.find('{', at)) != text.npos; ++at) {
    const auto placeholder = placeholder_at(text, at);
    if (placeholder.empty()) continue;
    const auto with = std::ranges::find(fragments, placeholder, &fragment::placeholder);
    if (with == fragments.end())
      fail("placeholder without a fragment in the query", name, placeholder);
    out.append(text, from, at - from).append(with->text);
    from = at + placeholder.size() + 2;
  }
  return out.append(text, from);
}

}  // namespace trunkline::sql
