// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <rapidjson/document.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "common/signature/signature.hpp"

namespace test_support {

using namespace trunkline::signature;

constexpr std::int64_t now = 1795194181;  // 2026-11-20T17:03:01Z
constexpr const char* hex_secret = "test_signing_key_for_seed_scheme_0001";
constexpr const char* legacy_secret = "Bcep8krvjEi6GZQC35MeW6/AjCJruF6/Hxotb/pz+Lc=";
constexpr const char* standard_secret = "whsec_coYfTG+CBzBhq5+ix34MyJDTVtgzb+jX";
constexpr const char* other_standard_secret = "whsec_YZGUljfX/1k6Wi/s7UALRAftLri1xJS6";

inline key_ring ring_of(std::initializer_list<std::string> texts) {
  key_ring ring;
  for (const std::string& text : texts) REQUIRE(ring.add(text) == "");
  return ring;
}

// The header fields of a request by name. It owns the texts.
struct request {
  std::map<std::string, std::string> fields;
  headers view() const {
    headers out;
    set(out.hex, "x-openphone-signature-v1");
    set(out.legacy, "openphone-signature");
    set(out.webhook_id, "webhook-id");
    set(out.webhook_timestamp, "webhook-timestamp");
    set(out.webhook_signature, "webhook-signature");
    return out;
  }

 private:
  void set(header& into, const char* name) const {
    const auto found = fields.find(name);
    if (found != fields.end()) into = {found->second, 1};
  }
};

inline request signed_request(
    const key_ring& ring, scheme which, const std::string& body, std::int64_t at_ms = now * 1000,
    const std::string& id = "msg_2lq7Zx9TnWq0aB4cD8eF6gH1jK3"
) {
  request out;
  const auto made = sign(ring, which, body, at_ms, id);
  REQUIRE(made);
  for (const auto& [name, value] : made->fields) out.fields[name] = value;
  return out;
}

// Returns "valid", or the reason of the rejection.
inline std::string word(const verdict& v) {
  return v.valid ? "valid" : std::string(to_string(v.reason));
}

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline rapidjson::Document parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.data(), text.size());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

inline request request_of(const rapidjson::Value& fields) {
  request out;
  for (const auto& field : fields.GetObject())
    out.fields[field.name.GetString()] = field.value.GetString();
  return out;
}

}  // namespace test_support
