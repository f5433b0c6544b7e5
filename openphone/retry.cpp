// SPDX-License-Identifier: Apache-2.0
#include "openphone/retry.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace trunkline::openphone {

using std::chrono::milliseconds;

pace_clock real_clock() {
  return {
      [] { return std::chrono::steady_clock::now(); },
      [](milliseconds time) { std::this_thread::sleep_for(time); },
      [engine = std::mt19937(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<>(0, 1)(engine);
      }};
}

std::optional<milliseconds> next_wait(
    const http_request& request, const http_response& response, int attempts, double jitter
) {
  if (attempts >= max_attempts || response.permanent) return std::nullopt;
  // 429 precedes any effect; otherwise the request may have been carried out.
  const bool certainly_undone = response.status == 429 || !response.sent;
  const bool temporary = certainly_undone || response.status == 0 || response.status >= 500;
  if (!temporary || (!certainly_undone && !request.repeatable)) return std::nullopt;
  if (response.retry_after) {
    if (*response.retry_after > max_wait) return std::nullopt;
    return std::max<milliseconds>(*response.retry_after, min_interval);
  }
  // 0.5 s, 1 s, 2 s, 4 s, of which half is random, so that two programs do not retry at the same
  // times.
  const milliseconds full = milliseconds(500) * (1 << (attempts - 1));
  return full / 2 + milliseconds(static_cast<long>(static_cast<double>(full.count()) / 2 * jitter));
}

http_response pacer::send(const http_request& request) {
  for (int attempts = 1;; ++attempts) {
    const auto now = clock_.now();
    if (next_ && *next_ > now) clock_.sleep(std::chrono::ceil<milliseconds>(*next_ - now));
    next_ = clock_.now() + min_interval;
    auto response = to_.exchange(request);
    const auto wait = next_wait(request, response, attempts, clock_.jitter());
    if (!wait) return response;
    if (notice_) notice_(response, attempts, *wait);
    clock_.sleep(*wait);
  }
}

}  // namespace trunkline::openphone
