// SPDX-License-Identifier: Apache-2.0
#include "ctl/webhooks/plan.hpp"

#include <catch2/catch.hpp>

#include "ctl/webhooks/keys_file.hpp"

using namespace trunkline;
using namespace trunkline::ctl;
using provider::generation;

namespace {

provider::webhook hook(std::vector<std::string> events, std::string status = "enabled") {
  provider::webhook out;
  out.id = "1";
  out.url = "https://a/b";
  out.status = std::move(status);
  out.events = std::move(events);
  out.resources = {"*"};
  return out;
}

const provider::new_webhook wanted{"https://a/b", "L", {"call.missed", "call.completed"}, {}};

std::vector<std::string> missing(
    const std::vector<provider::webhook>& existing, const provider::new_webhook& what = wanted
) {
  std::vector<std::string> out;
  for (const auto& each : plan_hooks(generation::current, existing, what).missing)
    out.insert(out.end(), each.events.begin(), each.events.end());
  return out;
}

}  // namespace

TEST_CASE("Only events that nothing carries are missing", "[webhooks]") {
  CHECK(missing({}) == wanted.events);
  CHECK(missing({hook({"call.missed"})}) == std::vector<std::string>{"call.completed"});
  CHECK(missing({hook({"call.missed"}), hook({"call.completed"})}).empty());
}

TEST_CASE("Webhooks of others do not count", "[webhooks]") {
  auto other = hook(wanted.events);
  other.url = "https://a/b/";
  CHECK(missing({other}) == wanted.events);
  other = hook(wanted.events);
  other.made_by = generation::v1;
  CHECK(missing({other}) == wanted.events);
  other = hook(wanted.events);
  other.resources = {"PN1"};
  CHECK(missing({other}) == wanted.events);
}

TEST_CASE("A disabled webhook is told and not doubled", "[webhooks]") {
  const auto plan = plan_hooks(generation::current, {hook(wanted.events, "disabled")}, wanted);
  CHECK(plan.missing.empty());
  CHECK(plan.there.empty());
  CHECK(plan.disabled.size() == 1);
}

TEST_CASE("v1 takes one webhook a kind", "[webhooks]") {
  const provider::new_webhook all{"https://a/b", "", provider::default_events(generation::v1), {}};
  CHECK(plan_hooks(generation::v1, {}, all).missing.size() == 4);
  auto calls = hook({"call.completed", "call.ringing"});
  calls.made_by = generation::v1;
  const auto plan = plan_hooks(generation::v1, {calls}, all);
  REQUIRE(plan.missing.size() == 4);
  CHECK(plan.missing[1].events == std::vector<std::string>{"call.recording.completed"});
}

TEST_CASE("Keys as the gateway takes them", "[webhooks]") {
  CHECK(key_line(generation::current, "whsec_abc") == "whsec_abc");
  CHECK(key_line(generation::v1, "abc=") == "legacy:abc=");
}
