// SPDX-License-Identifier: Apache-2.0
#include "store/events/batch_transaction.hpp"

#include <string_view>
#include <unordered_map>

#include "common/text/encoding.hpp"
#include "store/events/retry_leases.hpp"
#include "store/merge/effects.hpp"

namespace trunkline::store {
namespace {

// Returns for each element the index of the first element with the same key.
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
    session& db, std::span<const prepared_event> batch, structure_lock mode, apply_stats* stats,
    std::size_t copy_from
) {
  const auto firsts = first_of_each_key(batch);
  std::vector<const prepared_event*> events;
  std::vector<event_disposition> dispositions;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (firsts[i] != i) continue;
    events.push_back(&batch[i]);
    dispositions.push_back(disposition_of(batch[i].event));
  }
  const bool many = events.size() >= copy_from;
  const auto fresh =
      many ? copy_events(db, events, dispositions) : insert_events(db, events, dispositions);
  std::vector<outcome> outcomes(batch.size());
  std::vector<const parse::event*> with_effects;
  std::vector<const prepared_event*> copies;
  std::vector<std::size_t> copy_positions;
  for (std::size_t i = 0, event = 0; i < batch.size(); ++i) {
    const bool first = firsts[i] == i;
    if (first && fresh[event]) {
      outcomes[i] = outcome_of(dispositions[event]);
      if (batch[i].event.what == parse::verdict::apply) with_effects.push_back(&batch[i].event);
    } else {
      copies.push_back(&batch[i]);
      copy_positions.push_back(i);
    }
    if (first) ++event;
  }
  apply_effects(db, mode, with_effects);
  const auto copied = insert_copies(db, copies, stats ? &stats->copies : nullptr);
  for (std::size_t i = 0; i < copied.size(); ++i) outcomes[copy_positions[i]] = copied[i];
  return outcomes;
}

std::vector<bool> settle_with_effects(
    session& db, std::span<const leased_event> batch, structure_lock mode
) {
  auto settled = settle_leased(db, batch);
  std::vector<const parse::event*> with_effects;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& event = batch[i].what.event;
    if (settled[i] && event.what == parse::verdict::apply) with_effects.push_back(&event);
  }
  apply_effects(db, mode, with_effects);
  return settled;
}

outcome insert_without_effects(
    session& db, const prepared_event& event, const event_disposition& disposition
) {
  const std::vector<const prepared_event*> one{&event};
  const bool fresh = insert_events(db, one, {disposition}).front();
  return fresh ? outcome_of(disposition) : insert_copies(db, one).front();
}

}  // namespace trunkline::store
