// SPDX-License-Identifier: Apache-2.0
// Fuzzes signature headers and texts of signing keys. The letters of the first line name the
// duplicate fields. The next lines are hex, legacy, id, timestamp and signature list, then the
// body.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/signature/signature.hpp"

using namespace trunkline::signature;

namespace {

constexpr std::int64_t now = 1795194181;

void require(bool holds) {
  if (!holds) std::abort();
}

const key_ring& ring() {
  static const key_ring made = [] {
    key_ring keys;
    require(keys.add("test_signing_key_for_seed_scheme_0001").empty());
    require(keys.add("Bcep8krvjEi6GZQC35MeW6/AjCJruF6/Hxotb/pz+Lc=").empty());
    require(keys.add("whsec_coYfTG+CBzBhq5+ix34MyJDTVtgzb+jX").empty());
    return keys;
  }();
  return made;
}

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

void check_headers(std::string_view rest) {
  const std::string_view twice = next_line(rest);
  headers sent;
  const std::array<std::pair<char, header*>, 5> fields = {
      {{'h', &sent.hex},
       {'l', &sent.legacy},
       {'i', &sent.webhook_id},
       {'t', &sent.webhook_timestamp},
       {'s', &sent.webhook_signature}}};
  for (const auto& [letter, field] : fields) {
    field->value = next_line(rest);
    const bool doubled = twice.find(letter) != std::string_view::npos;
    field->count = doubled ? 2 : field->value.empty() ? 0 : 1;
  }
  const verdict got = verify(ring(), sent, rest, now, {});
  const auto form = check_form(sent);
  // A request that passes the form check fails only by its clock or digest, and the reverse.
  require(
      form ? !got.valid && got.reason == *form
           : got.valid || got.reason == refusal::stale || got.reason == refusal::mismatch
  );
  if (got.valid) require(sign(ring(), *got.decided_by, rest, now * 1000, "x").has_value());
}

// The description of an invalid key never quotes the key: apart from digits it is one of these
// sentences.
bool is_known(const std::string& problem) {
  std::string sentence;
  for (const char c : problem)
    if (c < '0' || c > '9') sentence += c;
  constexpr std::array<std::string_view, 10> known = {
      "",
      "nothing follows whsec_",
      "the text after whsec_ is not base",
      "decodes to  bytes; a key has  to ",
      "nothing follows legacy:",
      "the text after legacy: is not base",
      "decodes to  bytes; a key has  or more",
      "nothing follows hex:",
      "is empty",
      "has a control character"};
  return std::find(known.begin(), known.end(), sentence) != known.end();
}

void check_keys(std::string_view text) {
  key_ring keys;
  for (const std::string& key : split_keys(text)) {
    require(is_known(keys.add(key)));
  }
  for (std::size_t i = 0; i < keys.size(); ++i) require(!keys.schemes(i).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_headers(text);
  check_keys(text);
  return 0;
}
