// SPDX-License-Identifier: Apache-2.0
// Third-party vectors. They are read from TRUNKLINE_SUITES, or from a folder next to the
// repository. Without them the tests warn and pass.
#include <cstdlib>

#include "common/text/encoding.hpp"
#include "support.hpp"

using namespace test_support;

namespace {

std::string suite(const std::string& name) {
  const char* const folder = std::getenv("TRUNKLINE_SUITES");
  const std::string root =
      folder != nullptr ? folder : TRUNKLINE_FIXTURES "/../../../shared/suites";
  const std::string text = read_file(root + "/" + name);
  if (text.empty()) WARN("skipped: no " << name << " in " << root << " (set TRUNKLINE_SUITES)");
  return text;
}

}  // namespace

TEST_CASE("Standard Webhooks: the 16 cases of its test suite have the expected verdicts", "[A1]") {
  const std::string text = suite("standard-webhooks/vectors.json");
  if (text.empty()) return;
  const auto document = parse(text);
  const key_ring ring = ring_of({std::string("whsec_") + document["secret"].GetString()});
  windows allowed;
  allowed.max_clock_skew = std::chrono::seconds(document["tolerance_s"].GetInt());
  for (const auto& one : document["cases"].GetArray()) {
    INFO(one["name"].GetString());
    const request sent = request_of(one["headers"]);
    const verdict got =
        verify(ring, sent.view(), one["body"].GetString(), one["now"].GetInt64(), allowed);
    CHECK(got.valid == one["valid"].GetBool());
  }
  CHECK(document["cases"].Size() == 16);
}

TEST_CASE("Wycheproof: HMAC-SHA256 has the expected tags, truncated tags are rejected", "[A2]") {
  const std::string text = suite("wycheproof/testvectors_v1/hmac_sha256_test.json");
  if (text.empty()) return;
  const auto document = parse(text);
  std::size_t seen = 0;
  for (const auto& group : document["testGroups"].GetArray()) {
    const std::size_t tag_bytes = group["tagSize"].GetUint() / 8;
    for (const auto& test : group["tests"].GetArray()) {
      const auto bytes = [&test](const char* member) {
        return trunkline::hex_decode(test[member].GetString()).value();
      };
      INFO("tcId " << test["tcId"].GetInt());
      const std::string tag = bytes("tag");
      const bool valid = std::string(test["result"].GetString()) == "valid";
      CHECK((hmac_sha256(bytes("key"), bytes("msg")).substr(0, tag_bytes) == tag) == valid);
      ++seen;
      if (tag_bytes == 32) continue;
      // A verifier that compares only the received bytes would accept a truncated tag.
      const std::string header_value = trunkline::hex_encode(tag);
      headers offered;
      offered.hex = {header_value, 1};
      CHECK(check_form(offered) == refusal::malformed);
    }
  }
  CHECK(seen == document["numberOfTests"].GetUint());
}
