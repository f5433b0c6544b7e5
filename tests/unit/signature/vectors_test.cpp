// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

using namespace test_support;

namespace {

// Vectors that leave the verdict to the implementation, and the verdict of this one.
const std::map<std::string, std::string> chosen = {
    {"seed sha256= prefix", "valid"},
    {"legacy seconds ts", "valid"},
    {"legacy compact-signed, spaced body", "mismatch"},
    {"std svix- header names", "missing"},
};

}  // namespace

TEST_CASE("every vector of signature-vectors.json has its verdict", "[A1]") {
  const auto vectors = parse(read_file(TRUNKLINE_FIXTURES "/signatures/signature-vectors.json"));
  windows five_minutes;  // the window of the legacy vectors
  five_minutes.legacy_max_age = std::chrono::seconds(300);
  std::size_t policies = 0;
  for (const auto& vector : vectors.GetArray()) {
    const std::string name = vector["name"].GetString();
    key_ring ring;
    for (const auto& key : vector["keys"].GetArray()) REQUIRE(ring.add(key.GetString()) == "");
    const request sent = request_of(vector["headers"]);
    const std::string body(vector["body"].GetString(), vector["body"].GetStringLength());
    const verdict got = verify(ring, sent.view(), body, vector["now"].GetInt64(), five_minutes);
    INFO(name << ": " << got.detail);
    if (vector["policy"].GetBool()) {
      ++policies;
      CHECK(word(got) == chosen.at(name));
    } else {
      CHECK(got.valid == vector["valid"].GetBool());
    }
    if (name == "std old key still configured") CHECK(got.key_index == 1);
  }
  CHECK(vectors.Size() == 31);
  CHECK(policies == chosen.size());
}

TEST_CASE("published vectors of the Standard Webhooks libraries are valid", "[A1]") {
  struct published {
    const char *secret, *id, *timestamp, *body, *signature;
  };
  const auto one = GENERATE(
      published{
          "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
          "{\"test\": 2432232314}", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
      published{
          "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", "1649367553",
          R"({"email":"test@example.com","username":"test_user"})",
          "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="}
  );
  const key_ring ring = ring_of({one.secret});
  const request sent{
      {{"webhook-id", one.id},
       {"webhook-timestamp", one.timestamp},
       {"webhook-signature", one.signature}}};
  const std::int64_t at = std::stoll(one.timestamp);
  const verdict got = verify(ring, sent.view(), one.body, at, {});
  CHECK(word(got) == "valid");
  CHECK(got.provider_delivery_id == one.id);
  CHECK(
      sign(ring, scheme::standard, one.body, at * 1000, one.id)->fields[2].second == one.signature
  );
  CHECK(word(verify(ring, sent.view(), std::string(one.body) + " ", at, {})) == "mismatch");
}

TEST_CASE("hmac_sha256() agrees with RFC 4231", "[A2]") {
  // Case 2 has a short text key. Case 6 has a key longer than a block, which is hashed first.
  const auto hex = [](const std::string& bytes) {
    std::string out;
    for (const char c : bytes) {
      constexpr const char* digits = "0123456789abcdef";
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
  };
  CHECK(
      hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
  );
  CHECK(
      hex(hmac_sha256(
          std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"
      )) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
  );
}
