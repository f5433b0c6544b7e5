// SPDX-License-Identifier: Apache-2.0
#include "store/merge/lookup.hpp"

#include "common/postgres/postgres.hpp"

namespace trunkline::store {
namespace {

lookup_row::kind kind_of(std::string_view name) {
  using enum lookup_row::kind;
  if (name == "own number") return own_number;
  if (name == "contact") return contact;
  return name == "link" ? link : conversation;
}

}  // namespace

std::vector<lookup_row> look_up(session& db, const lookup_request& request) {
  const auto found = db.run(
      "look_up", {postgres::array_of(request.phones), postgres::array_of(request.refs),
                  postgres::array_of(request.party_keys)}
  );
  std::vector<lookup_row> all;
  all.reserve(found.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    all.push_back(
        {kind_of(found.text(i, 0)), std::string(found.text(i, 1)), found.number(i, 2),
         found.text(i, 3) == "t", found.optional_number(i, 4), found.optional_text(i, 5),
         found.optional_number(i, 6)}
    );
  return all;
}

}  // namespace trunkline::store
