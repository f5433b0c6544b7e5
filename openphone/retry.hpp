// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include "openphone/transport.hpp"

// Rate limit and retries of requests to the provider.
namespace trunkline::openphone {

struct pace_clock {
  using instant = std::chrono::steady_clock::time_point;
  std::function<instant()> now;
  std::function<void(std::chrono::milliseconds)> sleep;
  // Returns 0 to 1.
  std::function<double()> jitter;
};
pace_clock real_clock();

inline constexpr int max_attempts = 5;
// The provider accepts 10 requests per second and API key.
inline constexpr std::chrono::milliseconds min_interval{110};
inline constexpr std::chrono::seconds max_wait{30};

// Returns the time before the next attempt. Returns nullopt if the response is final, no attempts
// are left, Retry-After exceeds max_wait, or the request may have been carried out and is not
// repeatable. attempts counts those so far, 1 or more.
std::optional<std::chrono::milliseconds> next_wait(
    const http_request&, const http_response&, int attempts, double jitter
);

// Called before the pause that follows a failed attempt. attempts counts those so far.
using retry_notice =
    std::function<void(const http_response&, int attempts, std::chrono::milliseconds pause)>;

// Sends requests at the provider's rate, with retries.
class pacer {
 public:
  pacer(transport& to, pace_clock clock, retry_notice notice = {})
      : to_(to), clock_(std::move(clock)), notice_(std::move(notice)) {}
  http_response send(const http_request&);

 private:
  transport& to_;
  pace_clock clock_;
  retry_notice notice_;
  std::optional<pace_clock::instant> next_;
};

}  // namespace trunkline::openphone
