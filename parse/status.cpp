// SPDX-License-Identifier: Apache-2.0
#include "parse/status.hpp"

#include "parse/fields.hpp"
#include "parse/kinds.hpp"

namespace trunkline::parse {
namespace {

// Level 4 holds the statuses that end an activity: the newest wins, and the rank decides between
// statuses of the same time. So "sent" never replaces "delivered", a newer "delivered" replaces
// "failed" (the message was sent again), and "undelivered" is final.
constexpr status_order orders[] = {
    {"scheduled", 1, 1}, {"accepted", 1, 2},  {"queued", 1, 3},      {"initiated", 1, 4},
    {"ringing", 1, 5},   {"sending", 2, 1},   {"receiving", 2, 2},   {"in-progress", 2, 3},
    {"answered", 2, 4},  {"sent", 3, 1},      {"received", 4, 1},    {"partially_delivered", 4, 2},
    {"delivered", 4, 3}, {"canceled", 4, 4},  {"failed", 4, 5},      {"completed", 4, 6},
    {"busy", 4, 7},      {"abandoned", 4, 8}, {"ai-handled", 4, 9},  {"forwarded", 4, 10},
    {"missed", 4, 11},   {"read", 5, 1},      {"undelivered", 5, 2},
};

bool is_null_member(const json_value& resource, std::string_view name) {
  const json_value* value = resource.find(name);
  return value != nullptr && value->is_null();
}

std::string_view choose(kind what, std::string_view stated, const activity_facts& facts) {
  const std::string_view own = own_status(what);
  if (what == kind::call_missed || what == kind::call_forwarded) return own;
  if (what == kind::call_completed && stated == "answered") return own;
  // The provider's sample of a received message has status "delivered".
  const bool incoming = facts.direction_k && facts.direction_k->ends_with("incoming");
  if (what == kind::message_received && incoming && stated == "delivered") return own;
  const status_order order = order_of_status(stated);
  return order.level > 0 ? order.text : own;
}

}  // namespace

status_order order_of_status(std::string_view text) {
  if (text == "started") text = "ringing";
  if (text == "cancelled") text = "canceled";
  for (const status_order& order : orders) {
    if (order.text == text) return order;
  }
  return {};
}

void read_status(kind what, const json_value& resource, activity_facts& facts) {
  if (own_status(what).empty()) return;
  const std::string_view stated = short_text(resource, "status").value_or("");
  const status_order order = order_of_status(choose(what, stated, facts));
  facts.status_r = order.text;
  facts.status_level = order.level;
  facts.status_rank = order.rank;
  if (what != kind::call_completed || order.text != "completed") return;
  const bool stated_unanswered = stated == "unanswered" || stated == "no-answer";
  const bool never_answered =
      is_null_member(resource, "answeredAt") && facts.duration_r.value_or(0) == 0;
  if (stated_unanswered || never_answered) facts.unanswered = true;
}

}  // namespace trunkline::parse
