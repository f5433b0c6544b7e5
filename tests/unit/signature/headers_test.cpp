// SPDX-License-Identifier: Apache-2.0
// Tests the forms of signature headers, the time windows, and the choice of the scheme.
#include <algorithm>
#include <chrono>

#include "support.hpp"

using namespace test_support;

namespace {

const std::string body = R"({"type":"message.received","data":{"object":{"id":"TEST123"}}})";

std::string outcome(const key_ring& ring, const request& sent) {
  return word(verify(ring, sent.view(), body, now, {}));
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

}  // namespace

TEST_CASE("only documented forms of the hex header are accepted", "[A4]") {
  const key_ring ring = ring_of({hex_secret});
  const std::string good =
      signed_request(ring, scheme::hex, body).fields["x-openphone-signature-v1"];
  const auto with = [&ring](const std::string& value) {
    return outcome(ring, {{{"x-openphone-signature-v1", value}}});
  };
  CHECK(with(good) == "valid");
  CHECK(with("sha256=" + good) == "valid");
  CHECK(with("SHA256=" + good) == "valid");
  CHECK(with("sHa256=" + good) == "valid");
  for (const std::string& bad :
       {std::string(), upper(good), good.substr(1), good + "0", good.substr(0, 32), " " + good,
        good + " ", std::string("sha256="), "sha512=" + good, "sha256=sha256=" + good,
        "sha256:" + good, good.substr(0, 63) + "\xc3", good.substr(0, 62) + std::string(2, '\0'),
        good + "," + good, std::string(65536, 'a')}) {
    INFO(bad.substr(0, 80));
    CHECK(with(bad) == "malformed");
  }
}

TEST_CASE("only documented forms of the legacy header are accepted", "[A4]") {
  const key_ring ring = ring_of({legacy_secret});
  const std::string good = signed_request(ring, scheme::legacy, body).fields["openphone-signature"];
  const std::string invalid = replaced(good, good.substr(good.size() - 6, 2), "zz");
  const auto with = [&ring](const std::string& value) {
    return outcome(ring, {{{"openphone-signature", value}}});
  };
  CHECK(with(good) == "valid");
  CHECK(with(invalid + "," + good) == "valid");
  CHECK(with(good + ", hmac;2;1;x") == "valid");
  CHECK(with("hmac;2;1795194181310;AAAA , " + good) == "valid");
  CHECK(with(invalid) == "mismatch");
  CHECK(with(invalid + "," + invalid) == "mismatch");
  const std::string digest = good.substr(good.rfind(';') + 1);
  const std::string at = "hmac;1;1795194181000;";
  for (const std::string& bad :
       {std::string(),
        std::string("invalid_format"),
        std::string("hmac;1;timestamp"),
        "wrong;1;1795194181000;" + digest,
        ";1;1795194181000;" + digest,
        at,
        at + digest.substr(0, digest.size() - 1),
        at + digest + "=",
        at + digest + ";",
        at + " " + digest,
        "HMAC;1;1795194181000;" + digest,
        "hmac;1;;" + digest,
        "hmac;1;-5;" + digest,
        "hmac;1; 1795194181000;" + digest,
        "hmac;1;1795194181.5;" + digest,
        "hmac;1;0x1795194181;" + digest,
        "hmac;1;1e12;" + digest,
        "hmac;1;99999999999999999999;" + digest,
        at + std::string(43, '-') + "=",
        at + digest.substr(0, 24),
        std::string(","),
        std::string(65536, ';'),
        replaced(good, "hmac", "hm\xc3\xa4")}) {
    INFO(bad.substr(0, 80));
    CHECK(with(bad) == "malformed");
  }
}

TEST_CASE("only documented forms of the standard headers are accepted", "[A4]") {
  const key_ring ring = ring_of({standard_secret});
  const request good = signed_request(ring, scheme::standard, body);
  const std::string signature = good.fields.at("webhook-signature");
  const auto with = [&](const char* name, const std::string& value) {
    request changed = good;
    changed.fields[name] = value;
    return outcome(ring, changed);
  };
  CHECK(outcome(ring, good) == "valid");
  CHECK(with("webhook-signature", "v1a,AAAA " + signature + " junk v2,x") == "valid");
  CHECK(with("webhook-signature", "  " + signature + " ") == "valid");
  for (const std::string& bad :
       {std::string(), std::string("v1,"), std::string("v1"), "v2" + signature.substr(2),
        "V1" + signature.substr(2), signature.substr(0, signature.size() - 1), signature + "=",
        signature.substr(3), "v1;" + signature.substr(3), "v1," + std::string(43, '_') + "=",
        "v1," + signature.substr(3, 24), signature + "," + signature, std::string(65536, 'v'),
        std::string(65536, ' ')}) {
    INFO(bad.substr(0, 80));
    CHECK(with("webhook-signature", bad) == "malformed");
  }
  for (const std::string& bad :
       {std::string(), std::string("a.b"), std::string("a b"), std::string("caf\xc3\xa9"),
        std::string("a\0b", 3), std::string(256, 'x'), std::string(65536, 'x')}) {
    INFO(bad.substr(0, 80));
    CHECK(with("webhook-id", bad) == "malformed");
  }
  for (const char* name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    request partial = good;
    partial.fields.erase(name);
    const verdict got = verify(ring, partial.view(), body, now, {});
    CHECK(word(got) == "missing");
    CHECK(got.detail == std::string("no header ") + name);
  }
}

TEST_CASE("a duplicate header is rejected, also with a valid value", "[A4]") {
  const key_ring ring = ring_of({hex_secret, legacy_secret, standard_secret});
  const auto duplicate = [&](scheme which, header headers::*field) {
    const request good = signed_request(ring, which, body);
    headers sent = good.view();
    (sent.*field).count = 2;
    CHECK(check_form(sent) == refusal::doubled);
    return word(verify(ring, sent, body, now, {}));
  };
  CHECK(duplicate(scheme::hex, &headers::hex) == "doubled");
  CHECK(duplicate(scheme::legacy, &headers::legacy) == "doubled");
  CHECK(duplicate(scheme::standard, &headers::webhook_id) == "doubled");
  CHECK(duplicate(scheme::standard, &headers::webhook_timestamp) == "doubled");
  CHECK(duplicate(scheme::standard, &headers::webhook_signature) == "doubled");
}

TEST_CASE("at most 16 signatures are compared", "[A5]") {
  const key_ring ring = ring_of({legacy_secret, standard_secret});
  const request standard = signed_request(ring, scheme::standard, body);
  const request legacy = signed_request(ring, scheme::legacy, body);
  const auto with = [&](const request& good, const char* name, const std::string& filler,
                        char separator, int fillers) {
    request list = good;
    std::string value;
    for (int i = 0; i < fillers; ++i) value += filler + separator;
    list.fields[name] = value + good.fields.at(name);
    return outcome(ring, list);
  };
  const std::string wrong_v1 = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  const std::string wrong_hmac =
      "hmac;1;1795194181000;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  CHECK(with(standard, "webhook-signature", wrong_v1, ' ', 15) == "valid");
  CHECK(with(standard, "webhook-signature", wrong_v1, ' ', 16) == "malformed");
  CHECK(with(standard, "webhook-signature", "v2,x", ' ', 16) == "malformed");
  CHECK(with(legacy, "openphone-signature", wrong_hmac, ',', 15) == "valid");
  CHECK(with(legacy, "openphone-signature", wrong_hmac, ',', 16) == "malformed");
  // The fastest attempt counts, because other processes delay some of them.
  auto fastest = std::chrono::steady_clock::duration::max();
  for (int tries = 0; tries < 20; ++tries) {
    const auto before = std::chrono::steady_clock::now();
    CHECK(with(standard, "webhook-signature", wrong_v1, ' ', 1000) == "malformed");
    fastest = std::min(fastest, std::chrono::steady_clock::now() - before);
  }
  CHECK(fastest < std::chrono::milliseconds(5));
}

TEST_CASE("the window of the standard scheme is 5 min in both directions", "[A6]") {
  const key_ring ring = ring_of({standard_secret});
  const auto at = [&ring](std::int64_t offset) {
    return outcome(ring, signed_request(ring, scheme::standard, body, (now + offset) * 1000));
  };
  CHECK(at(-301) == "stale");
  CHECK(at(-300) == "valid");
  CHECK(at(-299) == "valid");
  CHECK(at(299) == "valid");
  CHECK(at(300) == "valid");
  CHECK(at(301) == "stale");
  const request good = signed_request(ring, scheme::standard, body);
  const auto stamped = [&](const std::string& text) {
    request changed = good;
    changed.fields["webhook-timestamp"] = text;
    return outcome(ring, changed);
  };
  CHECK(stamped("1795194181000") == "stale");
  CHECK(stamped("0") == "stale");
  CHECK(stamped("999999999999999999") == "stale");
  CHECK(stamped("01795194181") == "mismatch");  // the signature covers the text
  for (const char* bad :
       {"", "-1", "+1795194181", "1e30", "1795194181.5", " 1795194181", "1795194181 ", "0x6b00f3c5",
        "9223372036854775808", "hello", "١٢٣"}) {
    INFO(bad);
    CHECK(stamped(bad) == "malformed");
  }
}

TEST_CASE("the window of the legacy scheme is 72 h back and 5 min ahead", "[A6]") {
  const key_ring ring = ring_of({legacy_secret});
  const auto at = [&ring](std::int64_t offset) {
    return outcome(ring, signed_request(ring, scheme::legacy, body, (now + offset) * 1000));
  };
  CHECK(at(-72 * 3600 - 1) == "stale");
  CHECK(at(-72 * 3600) == "valid");
  CHECK(at(-3600) == "valid");
  CHECK(at(300) == "valid");
  CHECK(at(301) == "stale");
  // 12 digits are milliseconds (2001), 11 digits are seconds (year 5138).
  const std::string digest = ";AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  const auto detail = [&](const std::string& stamp) {
    const request sent{{{"openphone-signature", "hmac;1;" + stamp + digest}}};
    return verify(ring, sent.view(), body, now, {}).detail;
  };
  CHECK(detail("999999999999").find("s old") != std::string::npos);
  CHECK(detail("99999999999").find("s in the future") != std::string::npos);
  // If a list has a stale and a fresh entry, the fresh one counts.
  const std::string fresh =
      signed_request(ring, scheme::legacy, body).fields["openphone-signature"];
  CHECK(
      outcome(ring, {{{"openphone-signature", "hmac;1;1000000000000" + digest + "," + fresh}}}) ==
      "valid"
  );
}

TEST_CASE("extreme clock values make a signature stale", "[A6]") {
  const key_ring ring = ring_of({standard_secret});
  const request good = signed_request(ring, scheme::standard, body);
  for (const std::int64_t clock : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, INT64_MAX})
    CHECK(word(verify(ring, good.view(), body, clock, {})) == "stale");
}

TEST_CASE("the strongest scheme present decides alone", "[A12]") {
  const key_ring ring = ring_of({hex_secret, legacy_secret, standard_secret});
  request all = signed_request(ring, scheme::hex, body);
  const std::string hex_value = all.fields["x-openphone-signature-v1"];
  all.fields.merge(signed_request(ring, scheme::legacy, body).fields);
  CHECK(verify(ring, all.view(), body, now, {}).decided_by == scheme::legacy);
  const request standard = signed_request(ring, scheme::standard, body);
  request both = all;
  both.fields.insert(standard.fields.begin(), standard.fields.end());
  CHECK(verify(ring, both.view(), body, now, {}).decided_by == scheme::standard);
  // A weaker scheme with a valid signature is not used instead.
  both.fields["webhook-timestamp"] = "1";
  CHECK(outcome(ring, both) == "stale");
  both.fields.erase("webhook-timestamp");
  CHECK(outcome(ring, both) == "missing");
  all.fields["openphone-signature"] = "malformed";
  CHECK(outcome(ring, all) == "malformed");
  // A duplicate header of a weaker scheme is ignored.
  headers view = standard.view();
  view.hex = {hex_value, 2};
  CHECK(word(verify(ring, view, body, now, {})) == "valid");
}

TEST_CASE("a scheme without a key is disabled", "[A12]") {
  const key_ring standard_only = ring_of({standard_secret});
  const key_ring all = ring_of({hex_secret, legacy_secret, standard_secret});
  CHECK(outcome(standard_only, signed_request(all, scheme::hex, body)) == "no_key");
  CHECK(outcome(standard_only, signed_request(all, scheme::legacy, body)) == "no_key");
  CHECK(outcome(ring_of({"hex:abc"}), signed_request(all, scheme::standard, body)) == "no_key");
  CHECK(outcome(key_ring(), signed_request(all, scheme::hex, body)) == "no_key");
  CHECK(outcome(all, {}) == "missing");
  // A digest of one scheme is not accepted in the header of another.
  const std::string digest =
      signed_request(all, scheme::hex, body).fields["x-openphone-signature-v1"];
  CHECK(outcome(all, {{{"openphone-signature", "hmac;1;1795194181000;" + digest}}}) == "malformed");
}

TEST_CASE("check_form() rejects what fails with any body") {
  const key_ring ring = ring_of({hex_secret, legacy_secret, standard_secret});
  for (const scheme each : {scheme::hex, scheme::legacy, scheme::standard})
    CHECK(check_form(signed_request(ring, each, body).view()) == std::nullopt);
  CHECK(check_form({}) == refusal::missing);
  headers half;
  half.webhook_id = {"msg_1", 1};
  CHECK(check_form(half) == refusal::missing);
  headers malformed;
  malformed.hex = {"malformed", 1};
  CHECK(check_form(malformed) == refusal::malformed);
}
