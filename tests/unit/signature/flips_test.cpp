// SPDX-License-Identifier: Apache-2.0
// Flips single bits in the body and in every signature header.
#include "support.hpp"

using namespace test_support;

namespace {

const std::string body =
    R"({"type":"call.completed","data":{"object":{"id":"AC2","duration":300}}})";

char flipped(char c, int bit) {
  return static_cast<char>(c ^ static_cast<char>(1 << bit));
}

}  // namespace

TEST_CASE("a flipped bit is never accepted", "[A3]") {
  const key_ring ring = ring_of({hex_secret, legacy_secret, standard_secret});
  // With wide windows a changed timestamp fails by its signature, not by its age.
  windows wide;
  wide.max_clock_skew = wide.legacy_max_age = wide.legacy_max_ahead =
      std::chrono::hours(24 * 36500);
  const auto which = GENERATE(scheme::hex, scheme::legacy, scheme::standard);
  const request good = signed_request(ring, which, body);
  REQUIRE(verify(ring, good.view(), body, now, wide).valid);
  std::size_t tried = 0;
  for (int bit = 0; bit < 8; ++bit) {
    for (std::size_t at = 0; at < body.size(); ++at, ++tried) {
      std::string changed = body;
      changed[at] = flipped(changed[at], bit);
      const verdict got = verify(ring, good.view(), changed, now, wide);
      if (word(got) != "mismatch") FAIL("body byte " << at << " bit " << bit << ": " << word(got));
    }
    for (const auto& [name, value] : good.fields) {
      for (std::size_t at = 0; at < value.size(); ++at, ++tried) {
        request changed = good;
        char& c = changed.fields[name][at];
        c = flipped(c, bit);
        if (verify(ring, changed.view(), body, now, wide).valid)
          FAIL(name << " byte " << at << " bit " << bit << " is accepted");
      }
    }
  }
  CHECK(tried >= 8 * (body.size() + 64));
}

TEST_CASE("bytes moved between id, timestamp and body are not accepted", "[A3]") {
  const key_ring ring = ring_of({standard_secret});
  const request good = signed_request(ring, scheme::standard, body);
  request moved = good;
  moved.fields["webhook-id"] += "." + good.fields.at("webhook-timestamp");
  CHECK(word(verify(ring, moved.view(), body, now, {})) == "malformed");
  const std::string tail = good.fields.at("webhook-timestamp") + "." + body;
  CHECK_FALSE(verify(ring, good.view(), tail, now, {}).valid);
}
