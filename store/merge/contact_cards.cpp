// SPDX-License-Identifier: Apache-2.0
#include "store/merge/contact_cards.hpp"

#include <set>

#include "common/postgres/postgres.hpp"
#include "store/merge/distinct_key_rounds.hpp"
#include "store/pg/row_arrays.hpp"

namespace trunkline::store {

void merge_cards(session& db, const std::vector<const parse::card_facts*>& versions) {
  if (versions.empty()) return;
  std::set<std::string> phones;
  const auto key = [](const parse::card_facts& card) { return card.card_id; };
  for (const auto& round : distinct_key_rounds(versions, key)) {
    row_arrays arrays(11);
    for (const auto* card : round) {
      arrays.row() << card->card_id << card->stamp << card->deleted << card->record
                   << postgres::array_of(card->phones) << card->first_name << card->last_name
                   << card->company << card->role << card->external_id
                   << postgres::array_of(card->emails);
    }
    const auto changed = db.run("merge_cards", arrays.take());
    for (std::size_t i = 0; i < changed.size(); ++i) {
      for (auto& phone : postgres::parse_array(changed.text(i, 0))) {
        phones.insert(std::move(phone));
      }
    }
  }
  if (phones.empty()) return;
  const auto all = postgres::array_of(phones);
  // Two statements, so that the snapshot of the second is newer than the locks.
  db.run("lock_contacts", {all});
  db.run("rename_contacts", {all});
}

}  // namespace trunkline::store
