// SPDX-License-Identifier: Apache-2.0
#include "gateway/service.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/probes/probe_server.hpp"
#include "common/process/supervisor.hpp"
#include "common/process/version.hpp"
#include "common/redis/url.hpp"
#include "common/stream/contract.hpp"
#include "gateway/drain.hpp"
#include "gateway/heartbeat.hpp"
#include "gateway/io_thread.hpp"
#include "gateway/key_reload.hpp"
#include "gateway/listener.hpp"
#include "gateway/rejection_monitor.hpp"
#include "gateway/status.hpp"

namespace trunkline::gateway {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds check_interval{1};
constexpr std::chrono::milliseconds start_check_interval{5};
// Clients wait in the backlog at most this long for Redis.
constexpr std::chrono::seconds max_start_wait{1};

redis::connection_options connect_to(const options& config, const std::string& name) {
  redis::connection_options out;
  // --redis was checked with the configuration.
  redis::parse_url(config.common.redis, out.where);
  out.client_name = name;
  out.reply_deadline = config.redis_deadline;
  return out;
}

}  // namespace

struct service::impl {
  impl(const options& o, logger l);

  std::vector<std::unique_ptr<io_thread>> make_threads();
  void listen_once_ready(clock::time_point deadline);
  void check_periodically();
  void warn_of_rejections();
  void reload();

  const options config;
  const logger log;
  const session_settings settings = config.sessions();
  std::atomic<int> open_connections{0};

  // Runs on the thread of run() and handles everything except deliveries.
  asio::io_context io{1};
  asio::steady_timer check_timer{io}, start_timer{io};
  std::size_t next_thread = 0;
  rejection_monitor monitor;
  counter_totals checked;

  // Bound before any thread runs, so that a port in use is the first error.
  listener listening;
  std::vector<std::unique_ptr<io_thread>> threads;
  status state;
  heartbeat publisher;
  gateway::drain draining;
  // Last, because its thread uses the other members.
  probes::probe_server ops;
};

service::impl::impl(const options& o, logger l)
    : config(o),
      log(std::move(l)),
      listening(
          io, config.listen, config.max_connections, open_connections,
          [this](int socket) { threads[next_thread++ % threads.size()]->assign(socket); }, log,
          [this] {
            for (const auto& each : threads) each->evict_idle();
          }
      ),
      threads(make_threads()),
      state(config, listening, threads, make_process_id()),
      publisher(
          io,
          {connect_to(config, "trunkline-gateway-heartbeat"), config.common.stream_namespace,
           state.process_id()},
          [this] { return state.process_info(draining.active()); },
          [this] { return state.totals(); }, log.named("gateway.heartbeat")
      ),
      draining(
          io, config.drain_delay, {listening, threads, publisher, open_connections}, log,
          [this] { io.stop(); }
      ),
      ops(
          config.ops_listen,
          [this](std::string_view path) { return state.respond(path, draining.active()); },
          log.named("gateway.ops")
      ) {}

std::vector<std::unique_ptr<io_thread>> service::impl::make_threads() {
  const auto keys = load_keys_at_start(config.keys, log);
  redis_queue_options queue;
  queue.connection = connect_to(config, "trunkline-gateway");
  queue.key = stream::deliveries_key(config.common.stream_namespace);
  queue.max_in_flight = config.max_in_flight;
  queue.require_always = config.durability == "always";
  std::vector<std::unique_ptr<io_thread>> out;
  for (int i = 0; i < config.threads; ++i)
    out.push_back(std::make_unique<io_thread>(settings, queue, keys, open_connections, log));
  return out;
}

// Clients wait in the backlog meanwhile, instead of receiving 503 for a queue that connects within
// milliseconds. If Redis is unreachable, they receive 503 after max_start_wait.
void service::impl::listen_once_ready(clock::time_point deadline) {
  if (draining.active()) return;
  if (state.worst_queue().accepting || clock::now() >= deadline) {
    listening.start();
    // Otherwise the supervisor would show the previous state together with READY.
    state.notify_supervisor(false);
    return supervisor::notify("READY=1");
  }
  start_timer.expires_after(start_check_interval);
  start_timer.async_wait([this, deadline](boost::system::error_code error) {
    if (!error) listen_once_ready(deadline);
  });
}

void service::impl::check_periodically() {
  warn_of_rejections();
  state.notify_supervisor(draining.active());
  check_timer.expires_after(check_interval);
  check_timer.async_wait([this](boost::system::error_code error) {
    if (!error) check_periodically();
  });
}

void service::impl::warn_of_rejections() {
  const auto now = state.totals();
  std::array<std::int64_t, outcome_count> added{};
  for (std::size_t i = 0; i < outcome_count; ++i) added[i] = now.outcomes[i] - checked.outcomes[i];
  checked = now;
  const auto warning = monitor.update(added, clock::now());
  if (!warning) return;
  log.warn(
      "deliveries rejected", {{"reason", to_string(warning->reason)},
                              {"in_5_minutes", warning->count},
                              {"reasons", warning->reasons}}
  );
}

void service::impl::reload() {
  const auto keys = reload_keys(config.keys, log);
  if (!keys) return;
  for (const auto& each : threads) each->replace_keys(keys);
}

service::service(const options& config, logger log)
    : impl_(std::make_unique<impl>(config, std::move(log))) {}
service::~service() = default;

void service::run() {
  impl_->listen_once_ready(clock::now() + max_start_wait);
  impl_->publisher.start();
  impl_->check_periodically();
  impl_->log.info(
      "listening", {{"listen", impl_->listening.address()},
                    {"ops", impl_->ops.address()},
                    {"threads", impl_->config.threads},
                    {"durability", impl_->config.durability},
                    {"redis", connect_to(impl_->config, "").where.describe()},
                    {"version", TRUNKLINE_VERSION},
                    {"id", impl_->state.process_id()}}
  );
  impl_->io.run();
  impl_->log.info("stopped");
}

void service::drain() {
  asio::post(impl_->io, [raw = impl_.get()] { raw->draining.begin(); });
}

void service::reload() {
  asio::post(impl_->io, [raw = impl_.get()] { raw->reload(); });
}

}  // namespace trunkline::gateway
