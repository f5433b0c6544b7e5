// SPDX-License-Identifier: Apache-2.0
#include "exporter/queue_sampler.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "admin/deadline_task.hpp"

namespace trunkline::exporter {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::chrono::seconds period{2}, max_age{10};
constexpr std::chrono::milliseconds budget{1500};
constexpr std::chrono::milliseconds poll_interval{100};

// The readings of one server.
template <class State>
class source {
 public:
  using reader = reading<State> (*)(const config::common_options&, std::chrono::milliseconds);
  source(const char* server, reader read) : server_(server), read_(read) {}

  // Starts a reader when one is due. Returns its reading once it is available.
  std::optional<reading<State>> poll(const config::common_options& options) {
    if (!task_ && clock::now() >= next_) {
      next_ = clock::now() + period;
      task_.emplace([read = read_, options] { return read(options, budget); });
    }
    auto result = task_ ? task_->wait_until(clock::now()) : std::nullopt;
    if (result) task_.reset();
    return result;
  }

  void store(reading<State> result, const logger& log) {
    if (result.problem != logged_problem_) {
      if (result.problem.empty())
        log.info("server readable again", {{"was", logged_problem_}});
      else
        log.warn("server not readable", {{"reason", result.problem}});
      logged_problem_ = result.problem;
    }
    latest_ = std::move(result);
    read_at_ = clock::now();
  }

  reading<State> latest() const {
    if (clock::now() - read_at_ <= max_age) return latest_;
    return {{}, std::string(server_) + " is unreachable: no response"};
  }

 private:
  const char* server_;
  reader read_;
  std::optional<deadline_task<reading<State>>> task_;
  clock::time_point next_ = clock::now();
  reading<State> latest_{{}, "not read yet"};
  clock::time_point read_at_ = clock::now();
  std::string logged_problem_;
};

}  // namespace

struct queue_sampler::impl {
  impl(const config::common_options& o, logger l) : options(o), log(std::move(l)) {}

  const config::common_options options;
  const logger log;
  mutable std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
  source<redis_state> redis{"Redis", read_redis_queue};
  source<postgres_state> postgres{"PostgreSQL", read_postgres};
  std::thread thread;

  void run() {
    std::unique_lock lock(mutex);
    do {
      if (auto result = redis.poll(options)) redis.store(std::move(*result), log);
      if (auto result = postgres.poll(options)) postgres.store(std::move(*result), log);
    } while (!changed.wait_for(lock, poll_interval, [&] { return ended; }));
  }
};

queue_sampler::queue_sampler(const config::common_options& options, logger log)
    : impl_(std::make_unique<impl>(options, std::move(log))) {
  impl_->thread = std::thread([this] { impl_->run(); });
}

queue_sampler::~queue_sampler() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->ended = true;
    impl_->changed.notify_all();
  }
  impl_->thread.join();
}

queue_samples queue_sampler::latest() const {
  const std::lock_guard lock(impl_->mutex);
  return {impl_->redis.latest(), impl_->postgres.latest()};
}

}  // namespace trunkline::exporter
