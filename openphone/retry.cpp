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
    const http_request& request, const http_answer& answer, int tries, double jitter
) {
  if (tries >= most_tries || answer.hopeless) return std::nullopt;
  // 429 is said before anything is done; else the request may have been carried out.
  const bool undone = answer.status == 429 || !answer.sent;
  const bool passing = undone || answer.status == 0 || answer.status >= 500;
  if (!passing || (!undone && !request.repeatable)) return std::nullopt;
  if (answer.retry_after) {
    if (*answer.retry_after > longest_wait) return std::nullopt;
    return std::max<milliseconds>(*answer.retry_after, least_gap);
  }
  // 0.5 s, 1 s, 2 s, 4 s; half of it left to chance, so that two programs do not stay in step.
  const milliseconds full = milliseconds(500) * (1 << (tries - 1));
  return full / 2 + milliseconds(static_cast<long>(static_cast<double>(full.count()) / 2 * jitter));
}

http_answer pacer::send(const http_request& request) {
  for (int tries = 1;; ++tries) {
    const auto now = clock_.now();
    if (next_ && *next_ > now) clock_.sleep(std::chrono::ceil<milliseconds>(*next_ - now));
    next_ = clock_.now() + least_gap;
    auto answer = to_.exchange(request);
    const auto wait = next_wait(request, answer, tries, clock_.jitter());
    if (!wait) return answer;
    if (notice_) notice_(answer, tries, *wait);
    clock_.sleep(*wait);
  }
}

}  // namespace trunkline::openphone
