// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "gateway/request_decision.hpp"

using namespace trunkline;
using namespace trunkline::gateway;

namespace {

constexpr std::int64_t now_ms = 1795194181310;
constexpr std::string_view body =
    R"({"type":"message.received","data":{"object":{"id":"TEST123"}}})";

signature::key_ring ring() {
  signature::key_ring keys;
  REQUIRE(keys.add("hex:test_signing_key_for_seed_scheme_0001") == "");
  REQUIRE(keys.add("whsec_coYfTG+CBzBhq5+ix34MyJDTVtgzb+jX") == "");
  return keys;
}

request_head delivery() {
  request_head head;
  head.method = "POST";
  head.path = "/api/webhooks/openphone";
  head.content_type = "application/json";
  head.has_content_type = true;
  head.length = body.size();
  head.signature.hex = {"def343fad77ab3da27a3ebf732a5fc7d8c5193e0a321dcd39d966bac4625adf1", 1};
  return head;
}

std::string rejection(const request_head& head) {
  const auto value = reject_head(head, 1024);
  return value ? std::string(to_string(*value)) : "";
}

}  // namespace

TEST_CASE("JSON content types are recognised") {
  CHECK(is_json_type("application/json"));
  CHECK(is_json_type("Application/JSON ; charset=utf-8"));
  CHECK(is_json_type("application/cloudevents+json"));
  CHECK_FALSE(is_json_type(""));
  CHECK_FALSE(is_json_type("text/plain"));
  CHECK_FALSE(is_json_type("application/jsonp"));
  CHECK_FALSE(is_json_type("+json"));
  CHECK_FALSE(is_json_type("text/plain; a=application/json"));
}

TEST_CASE("the header section is sufficient to reject a request") {
  auto head = delivery();
  CHECK(rejection(head) == "");
  head.path = "/api/webhooks/openphone/";
  head.method = "GET";
  CHECK(rejection(head) == "path");
  head = delivery();
  head.method = "post";
  CHECK(rejection(head) == "method");
  head = delivery();
  head.expects_other = true;
  CHECK(rejection(head) == "expectation");
  head = delivery();
  head.length.reset();
  CHECK(rejection(head) == "no_length");
  head.chunked = true;
  CHECK(rejection(head) == "");
  head = delivery();
  head.length = 1025;
  CHECK(rejection(head) == "too_large");
  head.length = 1024;
  CHECK(rejection(head) == "");
}

TEST_CASE("another content type is rejected only without a signature") {
  auto head = delivery();
  head.content_type = "text/plain";
  CHECK(rejection(head) == "");
  head.signature = {};
  CHECK(rejection(head) == "type");
  // An incomplete signature is left to the verification.
  head.signature.webhook_timestamp.count = 1;
  CHECK(rejection(head) == "");
  head.signature = {};
  head.has_content_type = false;
  // The verification rejects it as missing.
  CHECK(rejection(head) == "");
}

TEST_CASE("100 Continue requires a well-formed signature") {
  auto head = delivery();
  CHECK_FALSE(reject_expectation(head));
  head.signature.hex.value = "zz";
  CHECK(reject_expectation(head) == outcome::malformed);
  head.signature = {};
  CHECK(reject_expectation(head) == outcome::missing);
}

TEST_CASE("an authentic delivery becomes an entry") {
  const auto keys = ring();
  auto head = delivery();
  auto decided = decide(keys, {}, head, body, "01DELIVERY", now_ms);
  REQUIRE(decided.value == outcome::accepted);
  CHECK(decided.entry.scheme == signature::scheme::hex);
  CHECK(decided.entry.key_index == 0);
  CHECK(decided.entry.received_at_ms == now_ms);
  CHECK(decided.entry.delivery_id == "01DELIVERY");
  CHECK(decided.entry.provider_delivery_id.empty());
  CHECK_FALSE(decided.non_json_type);
  head.content_type = "text/plain";
  CHECK(decide(keys, {}, head, body, "", now_ms).non_json_type);
}

TEST_CASE("the provider's id is kept if the standard scheme verified it") {
  const auto keys = ring();
  const auto made = signature::sign(keys, signature::scheme::standard, body, now_ms, "msg_7");
  REQUIRE(made);
  auto head = delivery();
  head.signature = {};
  for (const auto& [name, value] : made->fields) {
    if (name == "webhook-id") head.signature.webhook_id = {value, 1};
    if (name == "webhook-timestamp") head.signature.webhook_timestamp = {value, 1};
    if (name == "webhook-signature") head.signature.webhook_signature = {value, 1};
  }
  const auto decided = decide(keys, {}, head, body, "", now_ms);
  REQUIRE(decided.value == outcome::accepted);
  CHECK(decided.entry.scheme == signature::scheme::standard);
  CHECK(decided.entry.key_index == 1);
  CHECK(decided.entry.provider_delivery_id == "msg_7");
  // Six minutes later the same headers are stale.
  CHECK(decide(keys, {}, head, body, "", now_ms + 360'000).value == outcome::stale);
}

TEST_CASE("rejections have a reason") {
  const auto keys = ring();
  auto head = delivery();
  CHECK(decide(keys, {}, head, "other", "", now_ms).value == outcome::mismatch);
  head.signature.hex.count = 2;
  CHECK(decide(keys, {}, head, body, "", now_ms).value == outcome::duplicate_header);
  head.signature = {};
  CHECK(decide(keys, {}, head, body, "", now_ms).value == outcome::missing);
  head.signature.hex = {"xyz", 1};
  CHECK(decide(keys, {}, head, body, "", now_ms).value == outcome::malformed);
}
