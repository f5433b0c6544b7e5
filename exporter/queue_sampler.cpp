// SPDX-License-Identifier: Apache-2.0
#include "exporter/queue_sampler.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace trunkline::exporter {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::chrono::seconds period{2};
constexpr std::chrono::milliseconds budget{1500};
constexpr std::chrono::seconds too_old{10};

template <class State>
struct sample {
  reading<State> last{{}, "not asked yet"};
  clock::time_point at = clock::now();
  std::string told;  // the problem that the log has

  reading<State> fresh(const char* server) const {
    if (clock::now() - at <= too_old) return last;
    return {{}, std::string(server) + " does not answer"};
  }
};

}  // namespace

struct sampler::shared {
  explicit shared(logger l) : log(std::move(l)) {}

  logger log;
  mutable std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
  sample<redis_state> redis;
  sample<postgres_state> postgres;

  template <class State>
  void take(sample<State>& into, reading<State> got) {
    if (got.problem != into.told) {
      if (got.problem.empty())
        log.info("known again", {{"was", into.told}});
      else
        log.warn("not known", {{"reason", got.problem}});
      into.told = got.problem;
    }
    into.last = std::move(got);
    into.at = clock::now();
  }
};

namespace {

template <class Shared, class Sample, class Read>
void ask_for_ever(
    std::shared_ptr<Shared> all, Sample Shared::*place, Read read, config::common_options options
) {
  std::thread([all, place, read, options] {
    for (;;) {
      const auto next = clock::now() + period;
      auto got = read(options, budget);
      std::unique_lock lock(all->mutex);
      all->take((*all).*place, std::move(got));
      if (all->changed.wait_until(lock, next, [&] { return all->ended; })) return;
    }
  }).detach();
}

}  // namespace

sampler::sampler(const config::common_options& options, logger log)
    : shared_(std::make_shared<shared>(std::move(log))) {
  ask_for_ever(shared_, &shared::redis, read_redis_queue, options);
  ask_for_ever(shared_, &shared::postgres, read_postgres, options);
}

sampler::~sampler() {
  const std::lock_guard lock(shared_->mutex);
  shared_->ended = true;
  shared_->changed.notify_all();
}

queue_samples sampler::now() const {
  const std::lock_guard lock(shared_->mutex);
  return {shared_->redis.fresh("Redis"), shared_->postgres.fresh("Postgres")};
}

}  // namespace trunkline::exporter
