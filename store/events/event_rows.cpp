// SPDX-License-Identifier: Apache-2.0
#include "store/events/event_rows.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_set>

#include "common/text/encoding.hpp"
#include "parse/normalise.hpp"
#include "store/pg/binary_rows.hpp"
#include "store/pg/copy_data.hpp"
#include "store/pg/row_arrays.hpp"

namespace trunkline::store {
namespace {

using enum column_type;
// After the bodies.
constexpr std::array event_columns{
    bytea, text, text, text, text, text,    text,    integer, bigint,  timestamptz, timestamptz,
    text,  text, text, text, text, integer, integer, integer, integer, integer};

constexpr std::int16_t copied_columns = 18;

// What we minted or checked in the gateway is ASCII; were it ever not, it must not make the row
// unwritable.
std::string plain(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return out;
}

std::optional<std::string> unless_empty(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

std::optional<copied_time> as_time(const parse::optional_time& microseconds) {
  if (!microseconds) return std::nullopt;
  return copied_time{*microseconds};
}

// The name people look an event up by.
std::string event_id_of(const prepared_event& event) {
  if (!event.delivery.provider_delivery_id.empty()) {
    return plain(event.delivery.provider_delivery_id);
  }
  if (!event.event.event_id.empty()) return event.event.event_id;
  return hex_encode(as_bytes(event.key));
}

// By their keys: every transaction takes the rows in this order, so that none waits for another in
// a circle.
std::vector<std::size_t> in_order(const std::vector<const prepared_event*>& events) {
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return events[i]->key; });
  return order;
}

// In the order of insert_events.sql. body_at: where the body begins in the value of all bodies.
void add_row(binary_rows& to, std::size_t body_at, const prepared_event& event, const fate& fate) {
  const auto& delivery = event.delivery;
  const auto& parsed = event.event;
  to.row() << as_bytes(event.key) << event_id_of(event) << parsed.event_type
           << unless_empty(parsed.api_version) << fate.state << unless_empty(fate.message)
           << unless_empty(fate.sqlstate) << fate.attempts << std::int64_t{fate.delay.count()}
           << delivery.received_at_ms * 1000 << parsed.occurred_at << subject_of(parsed)
           << plain(delivery.delivery_id) << unless_empty(plain(delivery.provider_delivery_id))
           << plain(event.entry_id) << signature::to_string(delivery.scheme) << delivery.key_index
           << parse::parser_version;
  const auto from = static_cast<std::int64_t>(body_at) + 1;  // SQL counts from 1
  parsed.json_text ? to << from << std::nullopt : to << std::nullopt << from;
  to << static_cast<std::int64_t>(delivery.body.size());
}

// In the order of copy_events.sql.
void add_row(copy_data& to, const prepared_event& event, const fate& fate, copied_time finished) {
  const auto& delivery = event.delivery;
  const auto& parsed = event.event;
  to.row() << as_bytes(event.key) << event_id_of(event) << parsed.event_type
           << unless_empty(parsed.api_version) << fate.state << unless_empty(fate.message)
           << finished << copied_time{delivery.received_at_ms * 1000} << as_time(parsed.occurred_at)
           << subject_of(parsed) << plain(delivery.delivery_id)
           << unless_empty(plain(delivery.provider_delivery_id)) << plain(event.entry_id)
           << signature::to_string(delivery.scheme) << std::int32_t{delivery.key_index}
           << std::int32_t{parse::parser_version};
  const std::string_view body = delivery.body;
  parsed.json_text ? to << body << std::nullopt : to << std::nullopt << body;
}

// What the look-up tells.
struct known_events {
  std::unordered_set<std::string> keys;  // in hex
  copied_time now{};                     // the transaction's
};

known_events find_known(
    session& db, const std::vector<const prepared_event*>& events,
    const std::vector<std::size_t>& order
) {
  binary_array keys(bytea);
  for (const auto i : order) keys.add(as_bytes(events[i]->key));
  const auto found = db.run_binary("known_events", {keys.take()});
  known_events known;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found.is_null(i, 0))
      known.now = {found.number(i, 1)};
    else
      known.keys.emplace(found.text(i, 0));
  }
  return known;
}

}  // namespace

fate fate_of(const parse::event& event) {
  switch (event.what) {
    case parse::verdict::apply:
      return {"processed", {}, {}, 0, {}};
    case parse::verdict::ignore:
      return {"ignored", {}, {}, 0, {}};
    case parse::verdict::dead:
      break;
  }
  return {"dead", event.reason.empty() ? "not an event" : event.reason, {}, 0, {}};
}

std::optional<std::string> subject_of(const parse::event& event) {
  if (event.activity) return event.activity->openphone_id;
  if (event.card) return event.card->card_id;
  return std::nullopt;
}

outcome outcome_of(const fate& fate) {
  if (fate.state == "processed") return outcome::processed;
  if (fate.state == "retrying") return outcome::retrying;
  return fate.state == "ignored" ? outcome::ignored : outcome::dead;
}

std::vector<bool> insert_events(
    session& db, const std::vector<const prepared_event*>& events, const std::vector<fate>& fates
) {
  binary_rows arrays(event_columns);
  std::size_t total = 0;
  for (const auto* event : events) total += event->delivery.body.size();
  std::string bodies;
  bodies.reserve(total);
  for (const auto i : in_order(events)) {
    add_row(arrays, bodies.size(), *events[i], fates[i]);
    bodies += events[i]->delivery.body;
  }
  const auto inserted = db.run_binary("insert_events", arrays.take({std::move(bodies)}));
  std::vector<bool> fresh(events.size(), true);
  if (inserted.size() == events.size()) return fresh;
  std::unordered_set<std::string_view> keys;
  for (std::size_t i = 0; i < inserted.size(); ++i) keys.insert(inserted.text(i, 0));
  for (std::size_t i = 0; i < events.size(); ++i)
    fresh[i] = keys.contains(hex_encode(as_bytes(events[i]->key)));
  return fresh;
}

std::vector<bool> copy_events(
    session& db, const std::vector<const prepared_event*>& events, const std::vector<fate>& fates
) {
  constexpr std::size_t beside_body = 400;  // bytes of a row, about
  const auto order = in_order(events);
  const auto known = find_known(db, events, order);
  std::vector<bool> fresh(events.size(), true);
  std::size_t total = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!known.keys.empty()) fresh[i] = !known.keys.contains(hex_encode(as_bytes(events[i]->key)));
    if (fresh[i]) total += events[i]->delivery.body.size() + beside_body;
  }
  if (total == 0) return fresh;
  copy_data data(copied_columns, total);
  for (const auto i : order)
    if (fresh[i]) add_row(data, *events[i], fates[i], known.now);
  if (!db.copy("copy_events", data.take())) throw key_taken();
  return fresh;
}

std::vector<outcome> insert_copies(
    session& db, const std::vector<const prepared_event*>& copies, std::set<std::string>* all
) {
  std::vector<outcome> outcomes(copies.size(), outcome::redelivered);
  if (copies.empty()) return outcomes;
  row_arrays arrays(3);
  for (const auto* copy : copies) {
    arrays.row() << plain(copy->entry_id);
    arrays.hex(as_bytes(copy->key)) << copy->delivery.received_at_ms * 1000;
  }
  std::unordered_set<std::string> counted;
  const auto inserted = db.run("insert_copies", arrays.take());
  for (std::size_t i = 0; i < inserted.size(); ++i) {
    if (inserted.number(i, 1) == 1)
      counted.emplace(inserted.text(i, 0));
    else if (all != nullptr)
      all->emplace(inserted.text(i, 0));
  }
  for (std::size_t i = 0; i < copies.size(); ++i) {
    if (counted.erase(plain(copies[i]->entry_id)) != 0) outcomes[i] = outcome::duplicate;
  }
  return outcomes;
}

}  // namespace trunkline::store
