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
// The parameters of insert_events.sql after the bodies.
constexpr std::array event_columns{
    bytea, text, text, text, text, text,    text,    integer, bigint,  timestamptz, timestamptz,
    text,  text, text, text, text, integer, integer, integer, integer, integer};

constexpr std::int16_t copied_columns = 18;

// Values made or checked by the gateway are ASCII. If one is not, the row must still be written.
std::string printable_ascii(std::string_view text) {
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

// Returns webhook_events.event_id, the id that users search for.
std::string event_id_of(const prepared_event& event) {
  if (!event.delivery.provider_delivery_id.empty()) {
    return printable_ascii(event.delivery.provider_delivery_id);
  }
  if (!event.event.event_id.empty()) return event.event.event_id;
  return hex_encode(as_bytes(event.key));
}

// Returns indexes in the order of the keys. Every transaction locks rows in this order, which
// avoids deadlocks.
std::vector<std::size_t> in_order(const std::vector<const prepared_event*>& events) {
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return events[i]->key; });
  return order;
}

// Columns in the order of insert_events.sql. body_at is the offset of the body in the value of all
// bodies.
void add_row(
    binary_rows& to, std::size_t body_at, const prepared_event& event,
    const event_disposition& disposition
) {
  const auto& delivery = event.delivery;
  const auto& parsed = event.event;
  to.row() << as_bytes(event.key) << event_id_of(event) << parsed.event_type
           << unless_empty(parsed.api_version) << disposition.state
           << unless_empty(disposition.message) << unless_empty(disposition.sqlstate)
           << disposition.attempts << std::int64_t{disposition.delay.count()}
           << delivery.received_at_ms * 1000 << parsed.occurred_at << subject_of(parsed)
           << printable_ascii(delivery.delivery_id)
           << unless_empty(printable_ascii(delivery.provider_delivery_id))
           << printable_ascii(event.entry_id) << signature::to_string(delivery.scheme)
           << delivery.key_index << parse::parser_version;
  const auto from = static_cast<std::int64_t>(body_at) + 1;  // SQL counts from 1
  parsed.json_text ? to << from << std::nullopt : to << std::nullopt << from;
  to << static_cast<std::int64_t>(delivery.body.size());
}

// Columns in the order of copy_events.sql.
void add_row(
    copy_data& to, const prepared_event& event, const event_disposition& disposition,
    copied_time finished
) {
  const auto& delivery = event.delivery;
  const auto& parsed = event.event;
  to.row() << as_bytes(event.key) << event_id_of(event) << parsed.event_type
           << unless_empty(parsed.api_version) << disposition.state
           << unless_empty(disposition.message) << finished
           << copied_time{delivery.received_at_ms * 1000} << as_time(parsed.occurred_at)
           << subject_of(parsed) << printable_ascii(delivery.delivery_id)
           << unless_empty(printable_ascii(delivery.provider_delivery_id))
           << printable_ascii(event.entry_id) << signature::to_string(delivery.scheme)
           << std::int32_t{delivery.key_index} << std::int32_t{parse::parser_version};
  const std::string_view body = delivery.body;
  parsed.json_text ? to << body << std::nullopt : to << std::nullopt << body;
}

struct known_events {
  // In hex.
  std::unordered_set<std::string> keys;
  // The time of the transaction.
  copied_time now{};
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

event_disposition disposition_of(const parse::event& event) {
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

outcome outcome_of(const event_disposition& disposition) {
  if (disposition.state == "processed") return outcome::processed;
  if (disposition.state == "retrying") return outcome::retrying;
  return disposition.state == "ignored" ? outcome::ignored : outcome::dead;
}

std::vector<bool> insert_events(
    session& db, const std::vector<const prepared_event*>& events,
    const std::vector<event_disposition>& dispositions
) {
  binary_rows arrays(event_columns);
  std::size_t total = 0;
  for (const auto* event : events) total += event->delivery.body.size();
  std::string bodies;
  bodies.reserve(total);
  for (const auto i : in_order(events)) {
    add_row(arrays, bodies.size(), *events[i], dispositions[i]);
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
    session& db, const std::vector<const prepared_event*>& events,
    const std::vector<event_disposition>& dispositions
) {
  constexpr std::size_t row_bytes = 400;  // estimate, without the body
  const auto order = in_order(events);
  const auto known = find_known(db, events, order);
  std::vector<bool> fresh(events.size(), true);
  std::size_t total = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!known.keys.empty()) fresh[i] = !known.keys.contains(hex_encode(as_bytes(events[i]->key)));
    if (fresh[i]) total += events[i]->delivery.body.size() + row_bytes;
  }
  if (total == 0) return fresh;
  copy_data data(copied_columns, total);
  for (const auto i : order)
    if (fresh[i]) add_row(data, *events[i], dispositions[i], known.now);
  if (!db.copy("copy_events", data.take())) throw key_exists();
  return fresh;
}

std::vector<outcome> insert_copies(
    session& db, const std::vector<const prepared_event*>& copies, std::set<std::string>* all
) {
  std::vector<outcome> outcomes(copies.size(), outcome::redelivered);
  if (copies.empty()) return outcomes;
  row_arrays arrays(3);
  for (const auto* copy : copies) {
    arrays.row() << printable_ascii(copy->entry_id);
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
    if (counted.erase(printable_ascii(copies[i]->entry_id)) != 0) outcomes[i] = outcome::duplicate;
  }
  return outcomes;
}

}  // namespace trunkline::store
