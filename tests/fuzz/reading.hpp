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

// Interprets the bytes of a connection with the pure functions of the gateway. The fuzzer compares
// the result with that of a real session.
namespace trunkline::fuzz {

inline constexpr std::int64_t now_ms = 1795194181310;
inline constexpr std::string_view key = "test_signing_key_for_seed_scheme_0001";
// Placeholder for a valid signature in the input, because a fuzzer cannot guess one.
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
  // Nothing is read after this request.
  bool closes = false;
  bool complete = false;
  // Expect: 100-continue; the response depends on when the body arrives.
  bool waits = false;
  bool chunked = false;
  std::string body;
  // Offsets in the bytes of the connection.
  std::size_t begin = 0, end = 0;

  bool operator==(const request&) const = default;
};

inline gateway::decision decide(const gateway::request_reader& reader) {
  return gateway::decide(ring(), {}, reader.head(), reader.body(), "d", now_ms);
}

// Reads the pieces one after another. requests() omits an incomplete request.
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

  // Returns false if more bytes are needed.
  bool step() {
    std::size_t consumed = 0;
    const auto next = reader_.advance(pending_, consumed);
    require(consumed <= pending_.size());
    pending_.erase(0, consumed);
    at_ += consumed;
    if (next == event::need_more) return false;
    if (next == event::rejected) {
      respond(reader_.rejection(), true);
    } else if (next == event::head) {
      one_.waits = reader_.head().expects_continue;
      one_.chunked = reader_.head().chunked;
      if (const auto rejection = gateway::reject_head(reader_.head(), limits.max_body)) {
        const bool unclear = *rejection == gateway::outcome::no_length ||
                             *rejection == gateway::outcome::expectation;
        respond(*rejection, unclear || reader_.head().has_body());
      }
    } else {
      one_.complete = true;
      one_.body = reader_.body();
      require(one_.body.size() <= limits.max_body);
      require(one_.chunked || reader_.head().length == one_.body.size());
      respond(decide(reader_).value, false);
    }
    return true;
  }

  void respond(gateway::outcome value, bool close) {
    one_.status = gateway::status_of(gateway::response_to(value));
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
