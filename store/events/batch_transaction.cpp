// SPDX-License-Identifier: Apache-2.0
#include "store/events/batch_transaction.hpp"

#include <string_view>
#include <unordered_map>

#include "common/text/encoding.hpp"
#include "store/merge/effects.hpp"
#include "store/events/retry_leases.hpp"

namespace trunkline::store {
namespace {

// For each element the index of the first one with its key.
std::vector<std::size_t> first_of_each_key(std::span<const prepared_event> batch) {
  std::unordered_map<std::string_view, std::size_t> seen;
  seen.reserve(batch.size());
  std::vector<std::size_t> firsts;
  firsts.reserve(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    firsts.push_back(seen.try_emplace(as_bytes(batch[i].key), i).first->second);
  }
  return firsts;
}

}  // namespace

std::vector<outcome> insert_with_effects(
    session& db, std::span<const prepared_event> batch, structure held, apply_stats* stats,
    std::size_t copy_from
) {
  const auto firsts = first_of_each_key(batch);
  std::vector<const prepared_event*> events;
  std::vector<fate> fates;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (firsts[i] != i) continue;
    events.push_back(&batch[i]);
    fates.push_back(fate_of(batch[i].event));
  }
  const bool many = events.size() >= copy_from;
  const auto fresh = many ? copy_events(db, events, fates) : insert_events(db, events, fates);
  std::vector<outcome> outcomes(batch.size());
  std::vector<const parse::event*> with_effects;
  std::vector<const prepared_event*> copies;
  std::vector<std::size_t> place_of_copy;
  for (std::size_t i = 0, event = 0; i < batch.size(); ++i) {
    const bool first = firsts[i] == i;
    if (first && fresh[event]) {
      outcomes[i] = outcome_of(fates[event]);
      if (batch[i].event.what == parse::verdict::apply) with_effects.push_back(&batch[i].event);
    } else {
      copies.push_back(&batch[i]);
      place_of_copy.push_back(i);
    }
    if (first) ++event;
  }
  apply_effects(db, held, with_effects);
  const auto told = insert_copies(db, copies, stats ? &stats->copies : nullptr);
  for (std::size_t i = 0; i < told.size(); ++i) outcomes[place_of_copy[i]] = told[i];
  return outcomes;
}

std::vector<bool> settle_with_effects(
    session& db, std::span<const leased_event> batch, structure held
) {
  const auto settled = settle_leased(db, batch);
  std::vector<const parse::event*> with_effects;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& event = batch[i].what.event;
    if (settled[i] && event.what == parse::verdict::apply) with_effects.push_back(&event);
  }
  apply_effects(db, held, with_effects);
  return settled;
}

outcome insert_without_effects(session& db, const prepared_event& event, const fate& what) {
  const std::vector<const prepared_event*> one{&event};
  const bool fresh = insert_events(db, one, {what}).front();
  return fresh ? outcome_of(what) : insert_copies(db, one).front();
}

}  // namespace trunkline::store
