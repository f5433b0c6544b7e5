// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/webhook_plan.hpp"

#include <catch2/catch.hpp>

#include "admin/webhooks/keys_file.hpp"

using namespace trunkline;
using namespace trunkline::admin;
using openphone::generation;

namespace {

openphone::webhook webhook_for(std::vector<std::string> events, std::string status = "enabled") {
  openphone::webhook out;
  out.id = "1";
  out.url = "https://a/b";
  out.status = std::move(status);
  out.events = std::move(events);
  out.resources = {"*"};
  return out;
}

const openphone::new_webhook wanted{"https://a/b", "L", {"call.missed", "call.completed"}, {}};

std::vector<std::string> missing(
    const std::vector<openphone::webhook>& existing, const openphone::new_webhook& what = wanted
) {
  std::vector<std::string> out;
  for (const auto& each : plan_webhooks(generation::current, existing, what).missing)
    out.insert(out.end(), each.events.begin(), each.events.end());
  return out;
}

}  // namespace

TEST_CASE("An event type is missing if no webhook sends it", "[webhooks]") {
  CHECK(missing({}) == wanted.events);
  CHECK(missing({webhook_for({"call.missed"})}) == std::vector<std::string>{"call.completed"});
  CHECK(missing({webhook_for({"call.missed"}), webhook_for({"call.completed"})}).empty());
}

TEST_CASE("Only webhooks with the same URL, generation and numbers count", "[webhooks]") {
  auto other = webhook_for(wanted.events);
  other.url = "https://a/b/";
  CHECK(missing({other}) == wanted.events);
  other = webhook_for(wanted.events);
  other.api_generation = generation::v1;
  CHECK(missing({other}) == wanted.events);
  other = webhook_for(wanted.events);
  other.resources = {"PN1"};
  CHECK(missing({other}) == wanted.events);
}

TEST_CASE("A disabled webhook is reported and not created again", "[webhooks]") {
  const auto plan =
      plan_webhooks(generation::current, {webhook_for(wanted.events, "disabled")}, wanted);
  CHECK(plan.missing.empty());
  CHECK(plan.existing.empty());
  CHECK(plan.disabled.size() == 1);
}

TEST_CASE("v1 needs one webhook per kind", "[webhooks]") {
  const openphone::new_webhook all{
      "https://a/b", "", openphone::default_events(generation::v1), {}};
  CHECK(plan_webhooks(generation::v1, {}, all).missing.size() == 4);
  auto calls = webhook_for({"call.completed", "call.ringing"});
  calls.api_generation = generation::v1;
  const auto plan = plan_webhooks(generation::v1, {calls}, all);
  REQUIRE(plan.missing.size() == 4);
  CHECK(plan.missing[1].events == std::vector<std::string>{"call.recording.completed"});
}

TEST_CASE("Keys are written in the form that the gateway reads", "[webhooks]") {
  CHECK(key_line(generation::current, "whsec_abc") == "whsec_abc");
  CHECK(key_line(generation::v1, "abc=") == "legacy:abc=");
}

TEST_CASE("Equivalent webhooks send the same events, in any order", "[webhooks]") {
  const auto old = webhook_for({"call.missed", "call.completed"});
  auto other = webhook_for({"call.completed", "call.missed"});
  CHECK(equivalent_webhooks(old, {old, other}).empty());  // itself
  other.id = "2";
  CHECK(equivalent_webhooks(old, {old, other}).size() == 1);
  other.resources = {};  // all numbers, like "*"
  CHECK(equivalent_webhooks(old, {other}).size() == 1);
  const auto differs = [&](auto change) {
    auto changed = other;
    change(changed);
    return equivalent_webhooks(old, {changed}).empty();
  };
  CHECK(differs([](openphone::webhook& each) { each.resources = {"PN1"}; }));
  CHECK(differs([](openphone::webhook& each) { each.status = "disabled"; }));
  CHECK(differs([](openphone::webhook& each) { each.url += "/"; }));
  CHECK(differs([](openphone::webhook& each) { each.events.pop_back(); }));
  CHECK(differs([](openphone::webhook& each) { each.user = "US2"; }));
  CHECK(differs([](openphone::webhook& each) { each.api_generation = generation::v1; }));
}

TEST_CASE("A second webhook copies numbers, user and state of the first", "[webhooks]") {
  auto old = webhook_for({"call.missed"}, "disabled");
  old.label = "L";
  old.resources = {"PN1"};
  old.user = "US2";
  const auto made = copy_of(old);
  CHECK(made.status == "disabled");
  CHECK(made.resources == old.resources);
  CHECK(made.user == "US2");
  CHECK(made.label == "L");
  CHECK(copy_of(webhook_for({"call.missed"})).status.empty());
}
