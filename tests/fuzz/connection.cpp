// SPDX-License-Identifier: Apache-2.0
// Fuzzes a whole connection. Two bytes determine how the rest is split, the rest is sent by the
// client. The pure functions and a real session return the same responses however it is split. Only
// signed bytes are answered 200, and the body equals the sent bytes.
#include <algorithm>

#include "tests/fuzz/real_session.hpp"

using namespace trunkline;
using namespace trunkline::fuzz;

namespace {

using pieces = std::vector<std::string_view>;

pieces cut(std::string_view bytes, std::uint8_t seed, std::size_t longest) {
  pieces found;
  std::uint32_t state = seed;
  while (!bytes.empty()) {
    state = state * 1664525 + 1013904223;
    found.push_back(bytes.substr(0, 1 + (state >> 16) % longest));
    bytes.remove_prefix(found.back().size());
  }
  return found;
}

template <class Reader>
void feed(Reader& to, const pieces& all) {
  for (const auto piece : all) to.feed(piece);
}

// Replaces placeholders with valid signatures of the same length.
void sign_all(std::string& bytes) {
  reading first;
  first.feed(bytes);
  for (const auto& one : first.requests()) {
    const auto at = bytes.find(unsigned_mac, one.begin);
    if (one.complete && at < one.end) bytes.replace(at, unsigned_mac.size(), mac_of(one.body));
  }
}

std::string dechunk(std::string_view bytes) {
  std::string body;
  while (true) {
    const std::size_t size = std::stoul(std::string(bytes.substr(0, 16)), nullptr, 16);
    bytes.remove_prefix(bytes.find("\r\n") + 2);
    if (size == 0) return body;
    body += bytes.substr(0, size);
    bytes.remove_prefix(size + 2);
  }
}

void require_honest(const request& one, std::string_view bytes) {
  if (one.status != 200) return;
  const auto sent = bytes.substr(one.begin, one.end - one.begin);
  require(one.complete && sent.find(mac_of(one.body)) != std::string_view::npos);
  const auto after_head = sent.substr(sent.find("\r\n\r\n", sent.starts_with("\r\n") ? 2 : 0) + 4);
  require(one.body == (one.chunked ? dechunk(after_head) : after_head));
}

// A request with Expect: 100-continue can be rejected before its body arrives, by the form of its
// signature. After that the two results may differ.
bool rejected_early(const reading& expected, std::size_t i, int status) {
  const bool is_last = i == expected.requests().size();
  return status == 403 && (is_last ? expected.unfinished().waits : expected.requests()[i].waits);
}

void require_same(const reading& whole, const real_session& session) {
  const auto& expected = whole.requests();
  const auto got = session.read();
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < got.statuses.size(); ++i) {
    require(i <= expected.size());
    if (rejected_early(whole, i, got.statuses[i])) return;
    require(i < expected.size());
    require(got.statuses[i] == expected[i].status);
    if (expected[i].status != 200) continue;
    require(session.queue.bodies.at(accepted++) == expected[i].body);
  }
  require(got.statuses.size() == expected.size() && accepted == session.queue.bodies.size());
  require(got.ended == (!expected.empty() && expected.back().closes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 16'384) return 0;  // fewer requests than the limit of a connection
  std::string bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  sign_all(bytes);
  const auto parts = cut(bytes, data[0], data[1] + std::size_t{1});

  reading whole, in_parts;
  whole.feed(bytes);
  feed(in_parts, parts);
  require(whole.ended() == in_parts.ended());
  require(whole.requests().size() == in_parts.requests().size());
  for (std::size_t i = 0; i < whole.requests().size(); ++i) {
    auto a = whole.requests()[i], b = in_parts.requests()[i];
    if (a.closes && !a.complete) b.end = a.end;  // the number of invalid bytes read may differ
    require(a == b);
    require_honest(a, bytes);
  }
  real_session session;  // with fewer pieces, because each needs several system calls
  feed(session, cut(bytes, data[0], std::max(data[1] + std::size_t{1}, bytes.size() / 4)));
  require_same(whole, session);
  return 0;
}
