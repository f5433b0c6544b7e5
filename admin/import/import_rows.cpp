// SPDX-License-Identifier: Apache-2.0
#include "admin/import/import_rows.hpp"

#include <chrono>
#include <span>

namespace trunkline::admin {
namespace {

using rows_of = import_step::rows_of;
using loaded_rows = std::span<const loaded_row>;

// The range of times that the parser of events accepts.
constexpr std::int64_t earliest = 946'684'800'000;  // 2000-01-01, in milliseconds
constexpr std::int64_t latest = 4'102'444'800'000;  // 2100-01-01

// finite is the time in milliseconds, or null for infinity. Returns now for a null time, and
// nullopt for a time out of range.
std::optional<std::int64_t> milliseconds_of(
    const std::optional<std::string>& finite, const std::optional<std::string>& text
) {
  using namespace std::chrono;
  if (!text) return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  if (!finite) return std::nullopt;
  const auto ms = std::stoll(*finite);
  return ms >= earliest && ms < latest ? std::optional<std::int64_t>(ms) : std::nullopt;
}

// The payload is the JSON that the old service stored, not the bytes of the request.
std::string load_event(const database_row& row, const std::string& name, store::import_batch& out) {
  if (!row[1]) return "no payload";
  const auto received = milliseconds_of(row[2], row[3]);
  if (!received) return "created_at is not a time between 2000 and 2100";
  stream::delivery delivery;
  delivery.body = *row[1];
  delivery.received_at_ms = *received;
  delivery.delivery_id = name;
  auto event = store::prepare(name, std::move(delivery));
  if (event.event.what == parse::verdict::dead)
    return "payload is not an event: " + event.event.reason;
  out.events.push_back(std::move(event));
  return {};
}

std::string load_conversation(const database_row& row, store::import_batch& out) {
  constexpr std::size_t max_length = 255;
  if (!row[1] || row[1]->empty()) return "no openphone_id: its activities create it again";
  if (row[1]->size() > max_length) return "openphone_id is longer than 255 bytes";
  out.conversations.push_back(*row[1]);
  return {};
}

std::string take(converted_row converted, store::import_batch& out) {
  out.facts = std::move(converted.events);
  return std::move(converted.error);
}

std::string load(
    const import_step& step, const database_row& row, const std::string& id,
    import_context& context, store::import_batch& out
) {
  switch (step.rows) {
    case rows_of::own_numbers: {
      auto converted = convert_own_number(row[1]);
      for (const auto& event : converted.events)
        context.known.insert(event.own_number_evidence.begin(), event.own_number_evidence.end());
      return take(std::move(converted), out);
    }
    case rows_of::events:
      return load_event(row, context.prefix + id, out);
    case rows_of::activities:
      return take(convert_activity(row[1].value_or(""), row[2], row[3], context.known), out);
    case rows_of::conversations:
      return load_conversation(row, out);
    case rows_of::contacts:
      return take(convert_contact(row[1].value_or(""), context.prefix), out);
  }
  return "unknown table";
}

void append(store::import_batch& to, const store::import_batch& more) {
  to.events.insert(to.events.end(), more.events.begin(), more.events.end());
  to.facts.insert(to.facts.end(), more.facts.begin(), more.facts.end());
  to.conversations.insert(
      to.conversations.end(), more.conversations.begin(), more.conversations.end()
  );
}

bool is_value_rejected(const store::store_error& error) {
  return error.sqlstate.starts_with("22") || error.sqlstate.starts_with("23");
}

std::optional<store::store_error> merge_span(
    store::importer& target, loaded_rows rows, import_table& table, import_report& report
) {
  if (rows.empty()) return std::nullopt;
  store::import_batch batch;
  for (const auto& row : rows) append(batch, row.batch);
  const auto done = target.apply(batch);
  if (done) {
    report.add(*done);
    table.imported += static_cast<std::int64_t>(rows.size());
    return std::nullopt;
  }
  if (!is_value_rejected(done.error())) return done.error();
  if (rows.size() == 1) {
    table.reject(rows.front().id, done.error().message);
    return std::nullopt;
  }
  const auto half = rows.size() / 2;
  if (auto error = merge_span(target, rows.first(half), table, report)) return error;
  return merge_span(target, rows.subspan(half), table, report);
}

}  // namespace

std::vector<loaded_row> load_rows(
    const import_step& step, const std::vector<database_row>& page, import_context& context,
    import_table& table
) {
  std::vector<loaded_row> out;
  out.reserve(page.size());
  for (const auto& row : page) {
    loaded_row next{row[0].value_or(""), {}};
    ++table.rows;
    if (const auto error = load(step, row, next.id, context, next.batch); !error.empty())
      table.reject(next.id, error);
    else
      out.push_back(std::move(next));
  }
  return out;
}

std::optional<store::store_error> merge_rows(
    store::importer& target, const std::vector<loaded_row>& rows, import_table& table,
    import_report& report
) {
  return merge_span(target, rows, table, report);
}

}  // namespace trunkline::admin
