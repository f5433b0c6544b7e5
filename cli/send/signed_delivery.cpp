// SPDX-License-Identifier: Apache-2.0
#include "cli/send/signed_delivery.hpp"

#include <algorithm>
#include <map>
#include <thread>

#include "common/process/clock.hpp"
#include "common/text/encoding.hpp"
#include "schema/sql.hpp"

namespace trunkline::cli {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

std::string explain_status(int status) {
  switch (status) {
    case 403:
      return ": it has another key or another clock; compare the fingerprints in its log, or see "
             "'trunkline verify --help'";
    case 404:
      return ": the path of --url is not the gateway's";
    case 413:
      return ": the body is larger than its --max-body";
    case 503:
      return ": Redis is unreachable, full or too slow; see 'trunkline queue'";
    default:
      return "";
  }
}

using result = delivery_result;

void fail(result& out, std::string note, bool stop = false) {
  out.result = result::status::failed;
  out.note = std::move(note);
  out.stop = stop;
}

void fail_unreachable(result& out, std::string note) {
  out.result = result::status::unreachable;
  out.note = std::move(note);
  out.stop = true;
}

void fail(result& out, const database_failure& failure) {
  if (failure.unreachable) return fail_unreachable(out, describe(failure));
  const std::string hint = failure.missing_table() ? "; run 'trunkline migrate'" : "";
  fail(out, describe(failure) + hint, true);
}

// Returns whether the next delivery would be rejected as well.
bool is_permanent(int status) {
  return status == 403 || status == 404 || status == 503;
}

// Returns whether the delivery was accepted.
bool post(const delivery_target& target, const std::string& body, result& out) {
  const delivery_signature made = sign_delivery(target.ring, target.scheme, body);
  out.event_key = made.event_key;
  const auto response = http_post(target.gateway, made.fields, body, 10s);
  out.delivery_id = response.delivery_id;
  // After a 503 the entry may be in Redis, if only the reply of Redis was lost.
  out.may_arrive = response.error.empty() ? response.status == 503 : response.sent;
  out.accepted = response.status == 200 && !response.delivery_id.empty();
  if (!response.error.empty()) {
    fail_unreachable(out, response.error);
  } else if (response.status != 200) {
    const std::string status = std::to_string(response.status);
    fail(
        out, "the gateway responds " + status + explain_status(response.status),
        is_permanent(response.status)
    );
  } else if (!out.accepted) {
    fail(out, "status 200 without Trunkline-Delivery-Id: this is not a Trunkline gateway", true);
  }
  return out.accepted;
}

bool is_final(const std::string& state) {
  return state == "processed" || state == "ignored" || state == "dead";
}

// Reads the event. Returns false if the statement failed.
bool read_row(const delivery_target& target, result& out, std::string& error) {
  const auto rows = target.db.query(std::string(sql::query("admin/send/event")), {out.event_key});
  if (!rows.ok()) {
    fail(out, *rows.failure);
  } else if (!rows.rows.empty()) {
    out.state = rows.rows[0][0].value_or("");
    error = rows.rows[0][1].value_or("");
    const std::string delivery_id = rows.rows[0][2].value_or("");
    if (delivery_id != out.delivery_id) out.note = "duplicate of " + delivery_id;
  }
  return rows.ok();
}

// Waits until the event is in a final state. Returns true if it is, and is not a dead letter.
bool await_row(const delivery_target& target, result& out) {
  const auto start = clock::now();
  std::string error;
  auto pause = 5ms;
  do {
    if (!read_row(target, out, error)) return false;
    const auto waited = clock::now() - start;
    out.stored_ms = std::chrono::duration_cast<std::chrono::milliseconds>(waited).count();
    if (is_final(out.state)) break;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, 100ms);
  } while (clock::now() - start < target.wait);

  if (out.state.empty()) {
    const std::string waited = std::to_string(out.stored_ms) + " ms";
    fail(out, "no row after " + waited + ": check that a worker runs with 'trunkline queue'", true);
  } else if (out.state == "dead" || !is_final(out.state)) {
    fail(out, "the event is " + out.state + ": " + error, !is_final(out.state));
  } else {
    return true;
  }
  return false;
}

void compare(const delivery_target& target, const sample& what, result& out) {
  const auto rows =
      target.db.query(std::string(sql::query("admin/send/activity")), {what.activity_id});
  if (!rows.ok()) return fail(out, *rows.failure);
  if (rows.rows.empty())
    return fail(out, "processed, but there is no activity " + what.activity_id);
  std::map<std::string, std::optional<std::string>> values;
  for (const auto& row : rows.rows) values[row[0].value_or("")] = row[1];
  for (const auto& [name, expected] : what.expected) {
    const auto& value = values[name];
    if (value == expected) continue;
    return fail(
        out, name + " is " + (value ? "'" + *value + "'" : std::string("null")) + ", not '" +
                 expected + "'"
    );
  }
  out.result = result::status::ok;
}

}  // namespace

delivery_signature sign_delivery(
    const signature::key_ring& ring, signature::scheme scheme, const std::string& body
) {
  const std::int64_t now = unix_ms();
  const std::string id =
      scheme == signature::scheme::standard ? "msg_" + make_delivery_id(now) : "";
  const auto made = signature::sign(ring, scheme, body, now, id);
  return {made.value().fields, hex_encode(as_bytes(sha256(id + std::string(1, '\0') + body)))};
}

delivery_result deliver_sample(const delivery_target& target, const sample& what) {
  delivery_result out;
  out.name = what.event_type;
  if (!post(target, what.body, out) || !await_row(target, out)) return out;
  if (out.state != "processed") {
    fail(out, "the event is " + out.state);
  } else {
    compare(target, what, out);
  }
  return out;
}

delivery_result deliver_file(
    const delivery_target& target, const std::string& name, const std::string& body
) {
  delivery_result out;
  out.name = name;
  if (post(target, body, out) && await_row(target, out)) out.result = result::status::ok;
  return out;
}

}  // namespace trunkline::cli
