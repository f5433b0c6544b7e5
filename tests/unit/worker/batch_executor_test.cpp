// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <functional>

#include "store/events/pause_error.hpp"
#include "worker/batch/batch_executor.hpp"

using namespace trunkline;
using namespace trunkline::worker;
using namespace std::chrono_literals;

namespace {

store::store_error sql(std::string state) {
  return {store::store_error_kind::sql, std::move(state), "scripted"};
}

// A store of which only the probe is called.
struct probe_only final : store::event_store {
  using batch = std::span<const store::prepared_event>;
  using leased = std::span<const store::leased_event>;
  [[noreturn]] static void unused() { throw std::logic_error("only probe() is expected"); }
  store::result<std::vector<store::outcome>> apply(batch, store::apply_stats*) override {
    unused();
  }
  store::result<std::vector<bool>> apply_leased(leased) override { unused(); }
  store::result<store::outcome> fail(
      const store::prepared_event&, const store::store_error&, std::chrono::milliseconds, int
  ) override {
    unused();
  }
  store::result<bool> fail_leased(
      const store::leased_event&, const store::store_error&, std::chrono::milliseconds, int
  ) override {
    unused();
  }
  store::result<store::outcome> insert_dead_letter(const store::prepared_event&, const std::string&)
      override {
    unused();
  }
  store::result<std::vector<store::leased_event>>
  lease_due(int, std::chrono::milliseconds, int, std::vector<store::expired_retry>*) override {
    unused();
  }
  store::result<std::vector<store::leased_event>> lease_suspect(std::chrono::milliseconds, int)
      override {
    unused();
  }
  store::result<bool> release(leased) override { unused(); }
  store::result<bool> adopt_own_numbers() override { unused(); }
  store::result<store::control_state> controls(const std::string&) override { unused(); }
  store::result<std::optional<store::rollup_lease>> claim_rollup(std::chrono::milliseconds
  ) override {
    unused();
  }
  store::result<bool>
  roll_up(std::span<const store::minute_counter>, std::int64_t, const store::rollup_lease&)
      override {
    unused();
  }
  void interrupt() override { unused(); }
  std::optional<std::chrono::steady_clock::time_point> busy_since() const override { unused(); }

  store::result<bool> probe() override {
    ++probes;
    if (failing_probes-- > 0)
      return store::store_error{store::store_error_kind::unreachable, "", "connection refused"};
    return true;
  }
  int failing_probes = 0, probes = 0;
};

// A task with scripted results: rule returns the failure of a slice, if there is one.
struct scripted final : batch_task {
  explicit scripted(std::size_t n) : entries(n) {}
  std::size_t size() const override { return entries; }
  bool kept_while_blocked() const override { return kept; }
  bool overdue() const override { return attempts >= good_for; }
  std::optional<store::store_error> apply(const batch_bisection::slice& slice) override {
    ++attempts;
    if (auto failed = rule(slice)) return failed;
    line("applied", slice);
    return std::nullopt;
  }
  std::optional<store::store_error> record_failure(std::size_t i, const store::store_error& why)
      override {
    if (auto failed = count_rule(i)) return failed;
    log += "counted " + std::to_string(i) + " " + why.sqlstate + "\n";
    return std::nullopt;
  }
  void abandon(std::size_t i, const store::store_error&) override {
    log += "abandoned " + std::to_string(i) + "\n";
  }
  bool release(const std::vector<batch_bisection::slice>& slices) override {
    for (const auto& slice : slices) line("released", slice);
    return true;
  }
  void line(const char* what, const batch_bisection::slice& slice) {
    log += std::string(what) + " " + std::to_string(slice.first) + "+" +
           std::to_string(slice.count) + "\n";
  }

  std::size_t entries;
  bool kept = true;
  // Attempts until the task is overdue.
  int good_for = 1'000'000;
  std::function<std::optional<store::store_error>(const batch_bisection::slice&)> rule =
      [](const auto&) { return std::nullopt; };
  std::function<std::optional<store::store_error>(std::size_t)> count_rule = [](auto) {
    return std::nullopt;
  };
  std::string log;
  int attempts = 0;
};

bool has(const batch_bisection::slice& slice, std::size_t i) {
  return i >= slice.first && i < slice.first + slice.count;
}

struct fixture {
  probe_only store;
  thread_status status{1};
  stop_signal stop{0ms};
  logger log{"test", log_level::error, log_format::text, [](log_level, std::string_view) {}};
  std::atomic<std::int64_t> blocked_micros{0};
  dependency_wait waiting{status, blocked_micros,     0,  dependency::postgres, stop,
                          0ms,    [] { return 0.0; }, log};
  batch_executor executor{store, waiting, stop, {0ms, 0ms}, [] { return 0.0; }, log};
  bool blocked() const { return status.reasons().size() == 1 && status.reasons()[0] != "starting"; }
};

}  // namespace

TEST_CASE_METHOD(fixture, "A batch without failures takes one transaction and no probe") {
  status.clear(0, dependency::redis);
  scripted task(500);
  CHECK(executor.run(task));
  CHECK(task.log == "applied 0+500\n");
  CHECK(store.probes == 0);
  CHECK(status.ready());
}

TEST_CASE_METHOD(fixture, "One failing event is counted alone, the others are applied") {
  scripted task(8);
  task.rule = [](const auto& slice) -> std::optional<store::store_error> {
    if (has(slice, 5)) return sql("23514");
    return std::nullopt;
  };
  CHECK(executor.run(task));
  CHECK(task.log == "applied 0+4\napplied 4+1\ncounted 5 23514\napplied 6+2\n");
  CHECK(store.probes == 0);
}

TEST_CASE_METHOD(fixture, "An unknown error is attributed to the batch if the probe passes") {
  scripted task(2);
  task.rule = [](const auto& slice) -> std::optional<store::store_error> {
    if (has(slice, 0)) return sql("XX000");
    return std::nullopt;
  };
  CHECK(executor.run(task));
  CHECK(task.log == "counted 0 XX000\napplied 1+1\n");
  CHECK(store.probes == 2);
}

TEST_CASE_METHOD(
    fixture, "While the server is unavailable, the batch is kept and nothing is counted"
) {
  scripted task(500);
  task.rule = [&](const auto&) -> std::optional<store::store_error> {
    if (task.attempts < 4)
      return store::store_error{store::store_error_kind::unreachable, "", "connection refused"};
    return std::nullopt;
  };
  store.failing_probes = 7;
  CHECK(executor.run(task));
  CHECK(task.log == "applied 0+500\n");
  CHECK_FALSE(blocked());
}

TEST_CASE_METHOD(fixture, "A missing grant blocks the worker although the probe would pass") {
  scripted task(500);
  task.rule = [&](const auto&) -> std::optional<store::store_error> {
    if (task.attempts > 1) CHECK(status.reasons().back() == "postgres: scripted (42501)");
    if (task.attempts < 6) return sql("42501");
    return std::nullopt;
  };
  CHECK(executor.run(task));
  CHECK(task.log == "applied 0+500\n");
  CHECK(store.probes == 0);
}

TEST_CASE_METHOD(
    fixture, "An event behind a locked row is released, the others are applied", "[F5]"
) {
  scripted task(4);
  task.rule = [](const auto& slice) -> std::optional<store::store_error> {
    if (has(slice, 2)) return sql("55P03");
    return std::nullopt;
  };
  CHECK(executor.run(task));
  CHECK(task.log == "applied 0+2\nreleased 2+1\napplied 3+1\n");
  CHECK(task.attempts == 5 + 1 + 1 + 1 + 1);
}

TEST_CASE_METHOD(
    fixture, "A batch behind a locked table is released after a bounded number of attempts"
) {
  scripted task(500);
  task.rule = [](const auto&) { return sql("55P03"); };
  CHECK(executor.run(task));
  CHECK(task.attempts <= 60);
  CHECK(task.log.find("applied") == std::string::npos);
  CHECK(task.log.find("counted") == std::string::npos);
}

TEST_CASE_METHOD(fixture, "An event that breaks the connection twice, alone, is counted") {
  scripted task(4);
  task.rule = [](const auto& slice) -> std::optional<store::store_error> {
    if (has(slice, 1)) return store::store_error{store::store_error_kind::lost, "", "closed"};
    return std::nullopt;
  };
  CHECK(executor.run(task));
  CHECK(task.log == "applied 0+1\ncounted 1 \napplied 2+2\n");
}

TEST_CASE_METHOD(fixture, "A batch whose commit is in doubt is applied again as a whole", "[F3]") {
  scripted task(4);
  task.rule = [&](const auto&) -> std::optional<store::store_error> {
    if (task.attempts == 1)
      return store::store_error{store::store_error_kind::in_doubt, "", "closed"};
    return std::nullopt;
  };
  CHECK(executor.run(task));
  CHECK(task.log == "applied 0+4\n");
}

TEST_CASE_METHOD(
    fixture, "An event whose failure cannot be recorded is abandoned, the others are applied"
) {
  scripted task(2);
  task.rule = [](const auto& slice) -> std::optional<store::store_error> {
    if (has(slice, 0)) return sql("22P05");
    return std::nullopt;
  };
  task.count_rule = [](auto) { return sql("22008"); };
  CHECK(executor.run(task));
  CHECK(task.log == "abandoned 0\napplied 1+1\n");
}

TEST_CASE_METHOD(fixture, "Leased retries are released as soon as the worker is blocked", "[H4]") {
  scripted task(3);
  task.kept = false;
  task.rule = [](const auto&) { return sql("42P01"); };
  CHECK(executor.run(task));
  CHECK(task.log == "released 0+3\n");
  CHECK(waiting.waiting());
}

TEST_CASE_METHOD(fixture, "A stop while blocked releases the events without an outcome") {
  scripted task(4);
  task.rule = [&](const auto& slice) -> std::optional<store::store_error> {
    if (slice.count == 4) return sql("23505");
    if (slice.first == 0) return std::nullopt;
    stop.request();
    return sql("42501");
  };
  CHECK_FALSE(executor.run(task));
  CHECK(task.log == "applied 0+2\nreleased 2+2\n");
}

TEST_CASE_METHOD(fixture, "An overdue batch is released uncounted, except for a known failure") {
  scripted task(4);
  task.good_for = 3;
  task.rule = [](const auto& slice) -> std::optional<store::store_error> {
    if (has(slice, 0)) return sql("23514");
    return std::nullopt;
  };
  CHECK(executor.run(task));
  CHECK(task.log == "counted 0 23514\nreleased 1+1\nreleased 2+2\n");
}

TEST_CASE_METHOD(fixture, "A stop while the server is unavailable also releases leases") {
  scripted task(3);
  task.kept = false;
  task.rule = [](const auto&) -> std::optional<store::store_error> {
    return store::store_error{store::store_error_kind::unreachable, "", "connection refused"};
  };
  store.failing_probes = 1000;
  stop.request();
  CHECK_FALSE(executor.run(task));
  CHECK(task.log == "released 0+3\n");
}

TEST_CASE_METHOD(
    fixture, "During a pause the rest is released immediately, without counting or probing"
) {
  scripted task(8);
  task.rule = [&](const auto&) -> std::optional<store::store_error> {
    if (task.attempts == 1) return sql("23514");
    if (task.attempts == 2) return std::nullopt;
    return store::pause_error();
  };
  CHECK_FALSE(executor.run(task));
  CHECK(task.log == "applied 0+4\nreleased 4+4\n");
  CHECK(store.probes == 0);
  CHECK(executor.recover_from(store::pause_error(), "lease retries"));
  CHECK_FALSE(blocked());
}
