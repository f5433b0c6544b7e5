// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/outcome_recorder.hpp"

#include "common/log/mask.hpp"

namespace trunkline::worker {
namespace {

using store::outcome;

std::string_view to_string(outcome what) {
  switch (what) {
    case outcome::processed:
      return "processed";
    case outcome::ignored:
      return "ignored";
    case outcome::retrying:
      return "retrying";
    case outcome::dead:
      return "dead";
    case outcome::duplicate:
      return "duplicate";
    case outcome::redelivered:
      break;
  }
  return "redelivered";
}

std::atomic<std::uint64_t>& counter(totals& in, outcome what) {
  switch (what) {
    case outcome::processed:
      return in.processed;
    case outcome::ignored:
      return in.ignored;
    case outcome::retrying:
      return in.retrying;
    case outcome::dead:
      return in.dead;
    case outcome::duplicate:
      return in.duplicates;
    case outcome::redelivered:
      break;
  }
  return in.redelivered;
}

}  // namespace

store::outcome outcome_of(parse::verdict what) {
  switch (what) {
    case parse::verdict::apply:
      return outcome::processed;
    case parse::verdict::ignore:
      return outcome::ignored;
    case parse::verdict::dead:
      break;
  }
  return outcome::dead;
}

outcome_recorder::outcome_recorder(totals& counts, logger log)
    : totals_(counts), log_(std::move(log)) {}

void outcome_recorder::log_outcome(const store::prepared_event& event, std::string_view outcome) {
  if (!log_.debug_enabled()) return;
  std::string from, text;
  if (const auto& facts = event.event.activity) {
    if (facts->from_number) from = mask_number(*facts->from_number);
    if (facts->body) text = mask_text(*facts->body);
  }
  log_.debug(
      "outcome", {{"outcome", outcome},
                  {"type", event.event.event_type},
                  {"entry_id", event.entry_id},
                  {"delivery_id", event.delivery.delivery_id},
                  {"from", from},
                  {"text", text}}
  );
}

void outcome_recorder::log_dead_letter(
    const std::string& entry_id, const std::string& delivery_id, const std::string& reason
) {
  const auto suppressed = dead_letters_.admit();
  if (!suppressed) return;
  log_.warn(
      "dead letter", {{"reason", reason},
                      {"entry_id", entry_id},
                      {"delivery_id", delivery_id},
                      {"suppressed", *suppressed}}
  );
}

void outcome_recorder::count(const store::prepared_event& event, outcome what) {
  ++counter(totals_, what);
  totals_.metrics.outcome_of(event.event.type, what);
  log_outcome(event, to_string(what));
}

void outcome_recorder::applied(const store::prepared_event& event, outcome what) {
  count(event, what);
  if (what == outcome::processed || what == outcome::ignored)
    totals_.metrics.committed(event.delivery.received_at_ms);
  if (what == outcome::dead)
    log_dead_letter(event.entry_id, event.delivery.delivery_id, event.event.reason);
}

void outcome_recorder::retried(const store::leased_event& leased) {
  applied(leased.what, outcome_of(leased.what.event.what));
}

void outcome_recorder::failed(
    const store::prepared_event& event, int attempts, outcome what, const store::store_error& why
) {
  count(event, what);
  if (what == outcome::retrying) totals_.metrics.retried(why.sqlstate);
  log_.debug(
      "attempt failed", {{"attempt", attempts},
                         {"errc", why.sqlstate},
                         {"error", why.message},
                         {"entry_id", event.entry_id}}
  );
  if (what == outcome::dead)
    log_dead_letter(event.entry_id, event.delivery.delivery_id, why.message);
}

void outcome_recorder::dead_lettered(
    const store::prepared_event& event, outcome what, const std::string& reason
) {
  count(event, what);
  if (what == outcome::dead) log_dead_letter(event.entry_id, event.delivery.delivery_id, reason);
}

void outcome_recorder::dead_lettered(const store::expired_retry& retry) {
  ++totals_.dead;
  // The body was not parsed, so that the event type is not known.
  totals_.metrics.outcome_of(parse::kind::unknown, outcome::dead);
  log_dead_letter(retry.entry_id, retry.delivery_id, retry.reason);
}

}  // namespace trunkline::worker
