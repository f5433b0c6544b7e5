// SPDX-License-Identifier: Apache-2.0
#include "store/merge/lookup.hpp"

#include "common/postgres/postgres.hpp"

namespace trunkline::store {
namespace {

std::string literal(const name_set& names) {
  postgres::array_literal array;
  for (const auto& name : names) array.add(name);
  return array.take();
}

found::sort sort_of(std::string_view what) {
  if (what == "own number") return found::sort::own_number;
  if (what == "contact") return found::sort::contact;
  return what == "link" ? found::sort::link : found::sort::conversation;
}

}  // namespace

std::vector<found> look_up(session& db, const wanted& what) {
  const auto answer =
      db.run("look_up", {literal(what.phones), literal(what.refs), literal(what.party_keys)});
  std::vector<found> all;
  all.reserve(answer.size());
  for (std::size_t i = 0; i < answer.size(); ++i)
    all.push_back(
        {sort_of(answer.text(i, 0)), std::string(answer.text(i, 1)), answer.number(i, 2),
         answer.text(i, 3) == "t", answer.optional_number(i, 4), answer.optional_text(i, 5),
         answer.optional_number(i, 6)}
    );
  return all;
}

}  // namespace trunkline::store
