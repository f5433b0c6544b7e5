// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include "openphone/transport.hpp"

// When a request is sent, and sent again.
namespace trunkline::openphone {

struct pace_clock {
  using instant = std::chrono::steady_clock::time_point;
  std::function<instant()> now;
  std::function<void(std::chrono::milliseconds)> sleep;
  std::function<double()> jitter;  // 0 to 1
};
pace_clock real_clock();

inline constexpr int most_tries = 5;
// The provider takes 10 requests a second for a key.
inline constexpr std::chrono::milliseconds least_gap{110};
inline constexpr std::chrono::seconds longest_wait{30};

// How long to wait before the next try, or nullopt to give up: a final answer, no tries left, a
// provider who asks for more patience than we have, or a request that may have been carried out and
// must not be twice. tries: so far, 1 or more.
std::optional<std::chrono::milliseconds> next_wait(
    const http_request&, const http_answer&, int tries, double jitter
);

// Told before the pause that follows a try in vain. tries: so far.
using retry_notice =
    std::function<void(const http_answer&, int tries, std::chrono::milliseconds pause)>;

// Sends at the provider's pace, with retries.
class pacer {
 public:
  pacer(transport& to, pace_clock clock, retry_notice notice = {})
      : to_(to), clock_(std::move(clock)), notice_(std::move(notice)) {}
  http_answer send(const http_request&);

 private:
  transport& to_;
  pace_clock clock_;
  retry_notice notice_;
  std::optional<pace_clock::instant> next_;
};

}  // namespace trunkline::openphone
