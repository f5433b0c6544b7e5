// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "support.hpp"

using namespace test_support;

namespace {

const std::string body = "{\"caf\xc3\xa9\":true}\n";

// Adds a key. Returns the schemes that it serves, or the problem.
std::string added(const std::string& text) {
  key_ring ring;
  const std::string problem = ring.add(text);
  CHECK(ring.size() == (problem.empty() ? 1 : 0));
  return problem.empty() ? ring.schemes(0) : problem;
}

}  // namespace

TEST_CASE("the form of a signing key selects its schemes") {
  CHECK(added(standard_secret) == "standard");
  CHECK(added(legacy_secret) == "hex+legacy");
  CHECK(added(hex_secret) == "hex");
  CHECK(added(std::string("legacy:") + legacy_secret) == "legacy");
  CHECK(added(std::string("hex:") + legacy_secret) == "hex");
  CHECK(added("hex:whsec_abc") == "hex");
  CHECK(added("c2hvcnQ=") == "hex");                         // decodes, but to 5 bytes
  CHECK(added("MDEyMzQ1Njc4OWFiY2Rl") == "hex");             // 15 bytes
  CHECK(added("MDEyMzQ1Njc4OWFiY2RlZg==") == "hex+legacy");  // 16 bytes
  CHECK(added("whsec_MDEyMzQ1Njc4OWFiY2RlZg==") == "standard");
  CHECK(added("whsec_MDEyMzQ1Njc4OWFiY2RlZg") == "standard");  // padding is optional
}

TEST_CASE("a problem with a signing key does not quote the key") {
  CHECK(added("") == "is empty");
  CHECK(added("whsec_") == "nothing follows whsec_");
  CHECK(added("legacy:") == "nothing follows legacy:");
  CHECK(added("hex:") == "nothing follows hex:");
  CHECK(added("whsec_not-base64!") == "the text after whsec_ is not base64");
  CHECK(added("whsec_MDEyMzQ1Njc4OWFiY2RlZg=") == "the text after whsec_ is not base64");
  CHECK(added("legacy:MDEyMzQ1Njc4OWFiY2RlZg") == "the text after legacy: is not base64");
  CHECK(added("whsec_c2hvcnQ=") == "decodes to 5 bytes; a key has 16 to 64");
  CHECK(added("whsec_" + std::string(88, 'A')) == "decodes to 66 bytes; a key has 16 to 64");
  CHECK(added("legacy:c2hvcnQ=") == "decodes to 5 bytes; a key has 16 or more");
  CHECK(added("two\nlines") == "has a control character");
}

TEST_CASE("sign and verify agree in all three schemes") {
  const key_ring ring = ring_of({hex_secret, legacy_secret, standard_secret});
  const auto which = GENERATE(scheme::hex, scheme::legacy, scheme::standard);
  const request sent = signed_request(ring, which, body);
  const verdict got = verify(ring, sent.view(), body, now, {});
  CHECK(word(got) == "valid");
  CHECK(got.decided_by == which);
  CHECK(ring.schemes(got.key_index).find(to_string(which)) != std::string::npos);
  CHECK(
      (got.provider_delivery_id == "msg_2lq7Zx9TnWq0aB4cD8eF6gH1jK3") == (which == scheme::standard)
  );
  CHECK(word(verify(ring, sent.view(), body + "\n", now, {})) == "mismatch");
}

TEST_CASE("legacy and hex use the same text in different ways") {
  const key_ring legacy = ring_of({std::string("legacy:") + legacy_secret});
  CHECK_FALSE(sign(legacy, scheme::hex, body, 0, ""));
  CHECK_FALSE(sign(legacy, scheme::standard, body, 0, ""));
  const key_ring both = ring_of({legacy_secret});
  CHECK(
      word(verify(both, signed_request(legacy, scheme::legacy, body).view(), body, now, {})) ==
      "valid"
  );
}

TEST_CASE("rotation: old and new keys are accepted together, a removed key is rejected", "[A9]") {
  const key_ring both = ring_of({other_standard_secret, standard_secret});
  const key_ring old_only = ring_of({standard_secret});
  const key_ring new_only = ring_of({other_standard_secret});
  const request old_sent = signed_request(old_only, scheme::standard, body);
  request new_sent = signed_request(new_only, scheme::standard, body);
  const verdict by_old = verify(both, old_sent.view(), body, now, {});
  CHECK((by_old.valid && by_old.key_index == 1));
  const verdict by_new = verify(both, new_sent.view(), body, now, {});
  CHECK((by_new.valid && by_new.key_index == 0));
  CHECK(word(verify(new_only, old_sent.view(), body, now, {})) == "mismatch");
  // During a rotation the provider sends both signatures in one header.
  new_sent.fields["webhook-signature"] += " " + old_sent.fields.at("webhook-signature");
  CHECK(word(verify(new_only, new_sent.view(), body, now, {})) == "valid");
  CHECK(word(verify(old_only, new_sent.view(), body, now, {})) == "valid");
}

TEST_CASE("a repeated key is one key, and fingerprints identify keys") {
  key_ring ring = ring_of({hex_secret, standard_secret, hex_secret});
  CHECK(ring.size() == 2);
  CHECK(ring.fingerprint(0) == "80a082a9");
  CHECK(ring.fingerprint(1) != ring.fingerprint(0));
  CHECK(ring.serves(scheme::hex));
  CHECK_FALSE(ring.serves(scheme::legacy));
  const key_ring moved = std::move(ring);
  CHECK(moved.size() == 2);
}

TEST_CASE("threads share one key ring") {
  const key_ring ring = ring_of({hex_secret, legacy_secret, standard_secret});
  const std::vector<request> sent = {
      signed_request(ring, scheme::hex, body), signed_request(ring, scheme::legacy, body),
      signed_request(ring, scheme::standard, body)};
  std::atomic<int> valid = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 300; ++round) {
        const std::size_t which = static_cast<std::size_t>(round) % 3;
        valid += verify(ring, sent[which].view(), body, now, {}).valid ? 1 : 0;
      }
    });
  }
  for (std::thread& each : threads) each.join();
  CHECK(valid == 4 * 300);
}

TEST_CASE("split_keys() omits empty lines and comments") {
  using list = std::vector<std::string>;
  CHECK(split_keys("") == list{});
  CHECK(split_keys("\n \n\t\r\n# note\n  # note\n") == list{});
  CHECK(split_keys("one") == list{"one"});
  CHECK(
      split_keys("one\r\n  two \t\r\n\r\n#three\nfour,five;six=\n") ==
      list{"one", "two", "four,five;six="}
  );
  CHECK(split_keys("\xef\xbb\xbfone\n") == list{"one"});
}

TEST_CASE("schemes and rejections have names") {
  for (const scheme each : {scheme::hex, scheme::legacy, scheme::standard})
    CHECK(scheme_from(to_string(each)) == each);
  CHECK_FALSE(scheme_from("Hex"));
  CHECK(to_string(refusal::no_key) == "no_key");
}
