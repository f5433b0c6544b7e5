// SPDX-License-Identifier: Apache-2.0
#include "openphone/models.hpp"

#include <catch2/catch.hpp>

using namespace trunkline::openphone;

namespace {

std::string print(const http_request& request) {
  std::string out = request.method + " " + request.target;
  for (const auto& line : request.headers) out += " | " + line;
  return request.body.empty() ? out : out + " " + request.body;
}

}  // namespace

TEST_CASE("Requests have the form of v1", "[openphone]") {
  CHECK(print(list_request(generation::v1)) == "GET /v1/webhooks");
  CHECK(print(list_request(generation::v1, "US1")) == "GET /v1/webhooks?userId=US1");
  CHECK(print(get_request("WH1")) == "GET /v1/webhooks/WH1");
  CHECK(print(delete_request("WH1")) == "DELETE /v1/webhooks/WH1");
  CHECK(
      print(*create_request(
          generation::v1, {"https://a/b", "", {"call.ringing"}, {}, "US1", "disabled"}
      )) ==
      R"(POST /v1/webhooks/calls {"url":"https://a/b","events":["call.ringing"],"status":"disabled","userId":"US1"})"
  );
  CHECK(
      print(*create_request(generation::v1, {"https://a/b", "", {"call.summary.completed"}, {}})) ==
      R"(POST /v1/webhooks/call-summaries {"url":"https://a/b","events":["call.summary.completed"]})"
  );
  CHECK(print(recordings_request(generation::v1, "AC1")) == "GET /v1/call-recordings/AC1");
}

TEST_CASE("v1 has no path for events of several kinds, or of none", "[openphone]") {
  for (const std::vector<std::string>& events :
       {std::vector<std::string>{"call.ringing", "message.received"},
        std::vector<std::string>{"call.ringing", "call.missed"}, std::vector<std::string>{"new"},
        std::vector<std::string>{}})
    CHECK_FALSE(create_request(generation::v1, {"https://a/b", "", events, {}}));
}

TEST_CASE("Requests have the form of 2026-03-30", "[openphone]") {
  const std::string version = " | Quo-Api-Version: 2026-03-30";
  CHECK(print(list_request(generation::current)) == "GET /webhooks" + version);
  CHECK(
      print(*create_request(
          generation::current, {"https://a/b", "x\"y", {"call.missed"}, {"PN1"}, "US1"}
      )) ==
      "POST /webhooks" + version +
          R"( {"url":"https://a/b","events":["call.missed"],"label":"x\"y","resourceIds":["PN1"]})"
  );
  CHECK(print(get_request("12")) == "GET /webhooks/12" + version);
  CHECK(print(delete_request("12")) == "DELETE /webhooks/12" + version);
  CHECK(print(rotate_request("12")) == "POST /webhooks/12/rotate" + version + " {}");
  CHECK(
      print(test_request("12", "call.missed")) ==
      "POST /webhooks/12/events/test" + version + R"( {"eventType":"call.missed"})"
  );
  CHECK(
      print(deliveries_request("12", {"failed", "", "2026-11-23T00:00:00Z", "a/b="})) ==
      "GET /webhooks/12/events?limit=50&after=a%2Fb%3D&status=failed"
      "&createdAt%5Bgt%5D=2026-11-23T00%3A00%3A00Z" +
          version
  );
  CHECK(
      print(redeliver_request("12", "msg_1")) ==
      "POST /webhooks/12/events/msg_1/retry" + version + " {}"
  );
}

TEST_CASE("Only creations and rotations are not repeatable", "[openphone]") {
  CHECK(delete_request("12").repeatable);
  CHECK(redeliver_request("12", "msg_1").repeatable);
  CHECK_FALSE(rotate_request("12").repeatable);
  CHECK_FALSE(
      create_request(generation::current, {"https://a", "", {"call.missed"}, {}})->repeatable
  );
}

TEST_CASE("An invalid id never becomes part of a path", "[openphone]") {
  for (const char* text : {"", "../x", "a/b", "1?x", "a b", "WH%2f"}) {
    CHECK_FALSE(is_id(text));
    CHECK_THROWS(delete_request(text));
  }
}

TEST_CASE("Webhooks of both generations are read", "[openphone]") {
  const auto old = parse_webhooks(
      R"({"data":[{"id":"WH1","label":null,"status":"enabled","url":"https://a","key":"c2VjcmV0","events":["call.completed",7],"resourceIds":["*"],"deletedAt":null,"new":{}},
                  {"id":"WH2","deletedAt":"2026-01-01T00:00:00Z"}]})"
  );
  REQUIRE(old);
  REQUIRE(old->size() == 1);
  CHECK(old->front().events == std::vector<std::string>{"call.completed"});
  CHECK(old->front().key == "c2VjcmV0");
  const auto mixed = parse_webhooks(R"({"data":[{"id":7},{"id":"WH3"}]})");
  REQUIRE(mixed);
  CHECK((*mixed)[0].id == "7");
  CHECK((*mixed)[1].api_generation == generation::v1);
}

TEST_CASE("Malformed responses are rejected", "[openphone]") {
  const std::string deep = "{\"data\":" + std::string(200000, '[');
  for (const std::string& body :
       {std::string(""), std::string("[]"), std::string(R"({"data":{}})"),
        std::string(R"({"data":[7]})"), std::string(R"({"data":[{"id":"../x"}]})"), deep,
        deep + std::string(200000, ']') + "}"}) {
    CHECK_FALSE(parse_webhooks(body));
    CHECK_FALSE(parse_key(body));
  }
  CHECK_FALSE(parse_deliveries(R"({"data":[{"id":null}]})"));
}

TEST_CASE("A new webhook without its signing key is an error", "[openphone]") {
  CHECK(parse_webhook(R"({"data":{"id":"7"}})"));
  for (const char* body :
       {R"({"data":{"id":"7"}})", R"({"data":{"id":"7","key":""}})",
        R"({"data":{"id":"7","key":null}})", R"({"data":{"key":"whsec_abc"}})"})
    CHECK_FALSE(parse_new_webhook(body));
  const auto made = parse_new_webhook(R"({"data":{"id":"WH7","key":"abc=","userId":"US1"}})");
  REQUIRE(made);
  CHECK(made->key == "abc=");
  CHECK(made->user == "US1");
  CHECK(made->api_generation == generation::v1);
}

TEST_CASE("Pages of deliveries are read", "[openphone]") {
  const auto page = parse_deliveries(
      R"({"data":[{"id":"msg_1","eventId":null,"eventType":"call.missed","status":"failed"}],"nextCursor":"c2"})"
  );
  REQUIRE(page);
  CHECK(page->next == "c2");
  CHECK(page->items[0].event_id.empty());
  CHECK(parse_deliveries(R"({"data":[],"nextCursor":null})")->next.empty());
}

TEST_CASE("Errors of each generation are read", "[openphone]") {
  CHECK(
      parse_error(R"({"message":"Not Found","code":"0300404","status":404})") ==
      "Not Found (code 0300404)"
  );
  CHECK(parse_error(R"({"error":{"message":"bad","key":"k","trace":"t"}})") == "bad");
  CHECK(
      parse_error(R"({"title":"T","message":"m","errors":[{"path":"/url","message":"no"}]})") ==
      "m; /url: no"
  );
  CHECK(parse_error("<html>") == "");
}
