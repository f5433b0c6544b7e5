// SPDX-License-Identifier: Apache-2.0
#include "cli/send/signed_delivery.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <thread>

#include "common/process/clock.hpp"
#include "common/text/encoding.hpp"

namespace trunkline::cli {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

std::string explain_status(int status) {
  switch (status) {
    case 403:
      return ": it has no such key, or another clock; compare the fingerprints in its log, or see "
             "'trunkline verify --help'";
    case 404:
      return ": --url names another path than the gateway's";
    case 413:
      return ": the body is larger than it takes";
    case 503:
      return ": its queue is away, full or too slow; see 'trunkline queue'";
    default:
      return "";
  }
}

void fail(step& out, std::string note, bool go_on = true) {
  out.result = step::verdict::failed;
  out.note = std::move(note);
  out.go_on = go_on;
}

void give_up(step& out, std::string note) {
  out.result = step::verdict::away;
  out.note = std::move(note);
  out.go_on = false;
}

void fail(step& out, const database_failure& failure) {
  if (failure.unreachable) return give_up(out, describe(failure));
  const std::string hint = failure.missing_table() ? "; run 'trunkline migrate'" : "";
  fail(out, describe(failure) + hint, false);
}

// Which refusals the next delivery would get as well.
bool repeats(int status) {
  return status == 403 || status == 404 || status == 503;
}

// True if it was accepted.
bool post(const pipe& through, const std::string& body, step& out) {
  const signed_delivery made = sign_delivery(through.ring, through.scheme, body);
  out.event_key = made.event_key;
  const http_response answer = http_post(through.gateway, made.fields, body, 10s);
  out.delivery_id = answer.delivery_id;
  // Behind a 503 the queue may have taken the entry and failed to say so.
  out.may_come = answer.error.empty() ? answer.status == 503 : answer.sent;
  out.accepted = answer.status == 200 && !answer.delivery_id.empty();
  if (!answer.error.empty()) {
    give_up(out, answer.error);
  } else if (answer.status != 200) {
    const std::string status = std::to_string(answer.status);
    fail(
        out, "the gateway answers " + status + explain_status(answer.status),
        !repeats(answer.status)
    );
  } else if (!out.accepted) {
    fail(out, "answered 200 without Trunkline-Delivery-Id: that is no Trunkline gateway", false);
  }
  return out.accepted;
}

bool is_final(const std::string& state) {
  return state == "processed" || state == "ignored" || state == "dead";
}

// Looks at the event row. False if Postgres would not say.
bool read_row(const pipe& through, step& out, std::string& error) {
  const auto answer = through.db.query(
      "select state, coalesce(error_message, ''), delivery_id from webhook_events "
      "where event_key = decode($1, 'hex')",
      {out.event_key}
  );
  if (!answer.ok()) {
    fail(out, *answer.failure);
  } else if (!answer.rows.empty()) {
    out.state = answer.rows[0][0].value_or("");
    error = answer.rows[0][1].value_or("");
    const std::string delivery_id = answer.rows[0][2].value_or("");
    if (delivery_id != out.delivery_id) out.note = "duplicate of " + delivery_id;
  }
  return answer.ok();
}

// Waits for the event row to come to its end. True if it did, and not as a dead letter.
bool await_row(const pipe& through, step& out) {
  const auto start = clock::now();
  std::string error;
  auto pause = 5ms;
  do {
    if (!read_row(through, out, error)) return false;
    const auto waited = clock::now() - start;
    out.stored_ms = std::chrono::duration_cast<std::chrono::milliseconds>(waited).count();
    if (is_final(out.state)) break;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, 100ms);
  } while (clock::now() - start < through.timeout);

  if (out.state.empty()) {
    const std::string waited = std::to_string(out.stored_ms) + " ms";
    fail(out, "not there after " + waited + ": is a worker running? See 'trunkline queue'", false);
  } else if (out.state == "dead" || !is_final(out.state)) {
    fail(out, "the event is " + out.state + ": " + error, is_final(out.state));
  } else {
    return true;
  }
  return false;
}

std::string select_of(const std::vector<expectation>& expected) {
  std::string columns;
  for (const auto& wanted : expected)
    columns += (columns.empty() ? "(" : ", (") + wanted.column + ")::text";
  return "select " + columns + " from activities where openphone_id = $1";
}

void compare(const pipe& through, const sample& what, step& out) {
  const auto answer = through.db.query(select_of(what.expected), {what.activity_id});
  if (!answer.ok()) return fail(out, *answer.failure);
  if (answer.rows.empty())
    return fail(out, "processed, but there is no activity " + what.activity_id);
  for (std::size_t i = 0; i < what.expected.size(); ++i) {
    const auto& [name, column, value] = what.expected[i];
    const auto& got = answer.rows[0][i];
    if (got == value) continue;
    return fail(
        out,
        name + " is " + (got ? "'" + *got + "'" : std::string("null")) + ", not '" + value + "'"
    );
  }
  out.result = step::verdict::ok;
}

}  // namespace

signed_delivery sign_delivery(
    const signature::key_ring& ring, signature::scheme scheme, const std::string& body
) {
  const std::int64_t now = unix_ms();
  const std::string id =
      scheme == signature::scheme::standard ? "msg_" + make_delivery_id(now) : "";
  const auto made = signature::sign(ring, scheme, body, now, id);
  return {made.value().fields, hex_encode(as_bytes(sha256(id + std::string(1, '\0') + body)))};
}

step send_sample(const pipe& through, const sample& what) {
  step out;
  out.name = what.event_type;
  if (!post(through, what.body, out) || !await_row(through, out)) return out;
  if (out.state != "processed") {
    fail(out, "the event is " + out.state);
  } else {
    compare(through, what, out);
  }
  return out;
}

step send_file(const pipe& through, const std::string& name, const std::string& body) {
  step out;
  out.name = name;
  if (post(through, body, out) && await_row(through, out)) out.result = step::verdict::ok;
  return out;
}

}  // namespace trunkline::cli
