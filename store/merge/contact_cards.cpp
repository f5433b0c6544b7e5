// SPDX-License-Identifier: Apache-2.0
#include "store/merge/contact_cards.hpp"

#include <set>

#include "store/pg/row_arrays.hpp"
#include "store/merge/distinct_key_rounds.hpp"

namespace trunkline::store {

void merge_cards(session& db, const std::vector<const parse::card_facts*>& versions) {
  if (versions.empty()) return;
  std::set<std::string> touched;
  const auto key = [](const parse::card_facts& card) { return card.card_id; };
  for (const auto& wave : in_waves(versions, key)) {
    row_arrays arrays(11);
    for (const auto* card : wave) {
      arrays.row() << card->card_id << card->stamp << card->deleted << card->record
                   << postgres::array_of(card->phones) << card->first_name << card->last_name
                   << card->company << card->role << card->external_id
                   << postgres::array_of(card->emails);
    }
    const auto changed = db.run("merge_cards", arrays.take());
    for (std::size_t i = 0; i < changed.size(); ++i) {
      for (auto& phone : postgres::parse_array(changed.text(i, 0))) {
        touched.insert(std::move(phone));
      }
    }
  }
  if (touched.empty()) return;
  const auto phones = postgres::array_of({touched.begin(), touched.end()});
  db.run("lock_contacts", {phones});
  db.run("rename_contacts", {phones});
}

}  // namespace trunkline::store
