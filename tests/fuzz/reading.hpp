// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/encoding.hpp"
#include "gateway/outcome_responses.hpp"
#include "gateway/request_decision.hpp"

// What a connection's bytes mean, by the gateway's pure parts alone: for the fuzzer to hold the
// real session against.
namespace trunkline::fuzz {

inline constexpr std::int64_t now_ms = 1795194181310;
inline constexpr std::string_view key = "test_signing_key_for_seed_scheme_0001";
// The input holds this where it wants a good signature: a fuzzer can't guess one.
inline const std::string unsigned_mac(64, '0');
inline constexpr gateway::reader_limits limits{2048, 4096};

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline const signature::key_ring& ring() {
  static const signature::key_ring made = [] {
    signature::key_ring keys;
    require(keys.add(std::string("hex:").append(key)).empty());
    return keys;
  }();
  return made;
}

inline std::string mac_of(std::string_view body) {
  return hex_encode(signature::hmac_sha256(key, body));
}

struct request {
  int status = 0;
  bool closes = false;  // nothing is read after it
  bool complete = false;
  bool waits = false;  // Expect: 100-continue, whose answer depends on when the body comes
  bool chunked = false;
  std::string body;
  std::size_t begin = 0, end = 0;  // in the bytes of the connection

  bool operator==(const request&) const = default;
};

inline gateway::decision decide(const gateway::request_reader& reader) {
  return gateway::decide(ring(), {}, reader.head(), reader.body(), "d", now_ms);
}

// Takes the pieces one after another. Requests that did not come to an end are not in the list.
class reading {
 public:
  const std::vector<request>& requests() const { return found_; }
  const request& unfinished() const { return one_; }
  bool ended() const { return ended_; }

  void feed(std::string_view piece) {
    pending_ += piece;
    while (!ended_ && step()) {
    }
  }

 private:
  using event = gateway::request_reader::event;

  // False: more bytes are needed.
  bool step() {
    std::size_t consumed = 0;
    const auto next = reader_.advance(pending_, consumed);
    require(consumed <= pending_.size());
    pending_.erase(0, consumed);
    at_ += consumed;
    if (next == event::need_more) return false;
    if (next == event::refused) {
      answer(reader_.refusal(), true);
    } else if (next == event::head) {
      one_.waits = reader_.head().expects_continue;
      one_.chunked = reader_.head().chunked;
      if (const auto refused = gateway::refuse_head(reader_.head(), limits.max_body)) {
        const bool unclear =
            *refused == gateway::outcome::no_length || *refused == gateway::outcome::expectation;
        answer(*refused, unclear || reader_.head().has_body());
      }
    } else {
      one_.complete = true;
      one_.body = reader_.body();
      require(one_.body.size() <= limits.max_body);
      require(one_.chunked || reader_.head().length == one_.body.size());
      answer(decide(reader_).what, false);
    }
    return true;
  }

  void answer(gateway::outcome what, bool close) {
    one_.status = gateway::status_of(gateway::answer_to(what));
    one_.closes = ended_ = close || !reader_.head().keep_alive;
    one_.end = at_;
    found_.push_back(one_);
    one_ = {};
    one_.begin = at_;
    if (!ended_) reader_.next();
  }

  gateway::request_reader reader_{limits};
  std::string pending_;
  std::size_t at_ = 0;
  request one_;
  std::vector<request> found_;
  bool ended_ = false;
};

}  // namespace trunkline::fuzz
