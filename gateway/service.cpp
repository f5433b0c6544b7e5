// SPDX-License-Identifier: Apache-2.0
#include "gateway/service.hpp"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <random>
#include <stdexcept>

#include "common/process/version.hpp"
#include "common/text/encoding.hpp"
#include "common/process/supervisor.hpp"
#include "common/metrics/exposition.hpp"
#include "common/probes/probe_server.hpp"
#include "common/redis/url.hpp"
#include "common/stream/contract.hpp"
#include "gateway/heartbeat.hpp"
#include "gateway/io_thread.hpp"
#include "gateway/listener.hpp"
#include "gateway/metrics.hpp"
#include "gateway/readiness.hpp"
#include "gateway/rejection_monitor.hpp"

namespace trunkline::gateway {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds look_period{1};  // of the refusal monitor
constexpr std::chrono::seconds thread_stands_still{10};
constexpr std::chrono::milliseconds start_look{5};   // whether the queue is there
constexpr std::chrono::seconds start_most{1};        // clients wait in the backlog that long
constexpr std::chrono::milliseconds drain_look{20};  // whether all connections have ended
constexpr std::chrono::seconds drain_most{10};
constexpr std::chrono::milliseconds figures_most{500};

std::int64_t unix_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

// Unique for good: a restarted container may well get its host name and pid again.
std::string process_id() {
  return host_name() + "-" + std::to_string(::getpid()) + "-" +
         make_delivery_id(unix_ms()).substr(20);
}

redis::connection_options connect_to(const options& given, const std::string& name) {
  redis::connection_options out;
  redis::parse_url(given.common.redis, out.where);  // checked with the configuration
  out.client_name = name;
  out.reply_deadline = given.redis_deadline;
  return out;
}

shared_keys share(signature::loaded_keys&& loaded) {
  return std::make_shared<const signature::key_ring>(std::move(loaded.ring));
}

}  // namespace

struct service::impl {
  impl(const options& given, logger l);

  std::vector<std::unique_ptr<io_thread>> make_threads();
  queue_state worst_queue() const;
  heartbeat::card card() const;
  figures_sum sum() const;
  probes::response metrics_answer(const std::vector<queue_state>&) const;
  void listen_once_ready(clock::time_point latest);
  void look();
  void tell_supervisor();
  void reload();
  void begin_drain();
  void finish_drain();
  void wait_for_end(clock::time_point latest);
  void end();
  void wait_for_figures(clock::time_point latest);

  const options given;
  const logger log;
  const std::string id = process_id();
  const std::int64_t started_ms = unix_ms();
  const session_settings settings = given.sessions();
  std::atomic<int> open_connections{0};
  std::atomic<bool> draining{false};

  asio::io_context io{1};  // of this thread: everything but deliveries
  asio::steady_timer look_timer{io}, pause_timer{io};
  std::size_t next_thread = 0;
  refusal_monitor monitor;
  figures_sum looked_at;

  listener listening;  // bound before any thread runs, so that a taken port is the first thing said
  std::vector<std::unique_ptr<io_thread>> threads;
  heartbeat beating;
  probes::probe_server ops;  // last: its thread looks at all of the above
};

service::impl::impl(const options& o, logger l)
    : given(o),
      log(std::move(l)),
      listening(
          io, given.listen, given.max_connections, open_connections,
          [this](int socket) { threads[next_thread++ % threads.size()]->deal(socket); }, log,
          [this] {
            for (const auto& each : threads) each->make_room();
          }
      ),
      threads(make_threads()),
      beating(
          io, {connect_to(given, "trunkline-gateway-heartbeat"), given.common.stream_namespace, id},
          [this] { return card(); }, [this] { return sum(); }, log.named("gateway.heartbeat")
      ),
      ops(
          given.ops_listen,
          [this](std::string_view path) {
            std::vector<queue_state> queues;
            for (const auto& each : threads) queues.push_back(each->queue());
            if (path == "/metrics") return metrics_answer(queues);
            return answer_probe(path, draining, queues);
          },
          log.named("gateway.ops")
      ) {}

std::vector<std::unique_ptr<io_thread>> service::impl::make_threads() {
  auto loaded = load_keys(given.keys);
  if (!loaded.problems.empty()) throw std::runtime_error(loaded.problems.front());
  log_keys(loaded, given.keys, log);
  const auto keys = share(std::move(loaded));
  redis_queue_options queue;
  queue.connection = connect_to(given, "trunkline-gateway");
  queue.key = stream::deliveries_key(given.common.stream_namespace);
  queue.max_in_flight = given.max_in_flight;
  queue.require_always = given.durability == "always";
  std::vector<std::unique_ptr<io_thread>> made;
  for (int i = 0; i < given.threads; ++i)
    made.push_back(std::make_unique<io_thread>(settings, queue, keys, open_connections, log));
  return made;
}

queue_state service::impl::worst_queue() const {
  queue_state state = threads.front()->queue();
  for (const auto& each : threads)
    if (state.accepting) state = each->queue();
  return state;
}

heartbeat::card service::impl::card() const {
  const auto state = worst_queue();
  const auto figures = sum();
  return {
      {"pid", std::to_string(::getpid())},
      {"host", host_name()},
      {"listen", listening.address()},
      {"version", TRUNKLINE_VERSION},
      {"threads", std::to_string(given.threads)},
      {"state", draining          ? "draining"
                : state.accepting ? "running"
                                  : "refusing"},
      {"reason", state.accepting ? "" : std::string(to_string(state.why))},
      {"durability",
       std::string(to_string(state.level)) + " (--durability " + given.durability + ")"},
      {"settings", state.settings},
      {"accepted", std::to_string(figures.outcomes[index_of(outcome::accepted)])},
      {"odd_types", std::to_string(figures.odd_types)},
      {"in_flight", std::to_string(figures.in_flight)},
      {"connections", std::to_string(figures.connections)},
      {"cleared", std::to_string(figures.cleared)},
      {"waits_at_limit", std::to_string(listening.paused().at_limit.load())},
      {"waits_for_descriptors", std::to_string(listening.paused().without_descriptors.load())},
      {"started", std::to_string(started_ms)},
      {"seen", std::to_string(unix_ms())},
  };
}

figures_sum service::impl::sum() const {
  figures_sum out;
  for (const auto& each : threads) out.add(each->counts());
  return out;
}

probes::response service::impl::metrics_answer(const std::vector<queue_state>& queues) const {
  std::int64_t reconnects = 0;
  for (const auto& each : queues) reconnects += each.reconnects;
  return {200, metrics_page(sum(), reconnects), metrics::content_type};
}

// Whoever connects meanwhile waits in the backlog, which is better than a 503 for a queue that is
// about to be there. Should it be away, they hear so soon enough.
void service::impl::listen_once_ready(clock::time_point latest) {
  if (draining) return;
  if (worst_queue().accepting || clock::now() >= latest) {
    listening.start();
    tell_supervisor();  // else the state of the last look stands beside READY
    return supervisor::notify("READY=1");
  }
  pause_timer.expires_after(start_look);
  pause_timer.async_wait([this, latest](boost::system::error_code error) {
    if (!error) listen_once_ready(latest);
  });
}

void service::impl::look() {
  const auto now = sum();
  std::array<std::int64_t, outcome_count> added{};
  for (std::size_t i = 0; i < outcome_count; ++i)
    added[i] = now.outcomes[i] - looked_at.outcomes[i];
  looked_at = now;
  if (const auto warning = monitor.update(added, clock::now()))
    log.warn(
        "deliveries are being refused", {{"reason", to_string(warning->reason)},
                                         {"in_5_minutes", warning->count},
                                         {"reasons", warning->reasons}}
    );
  tell_supervisor();
  look_timer.expires_after(look_period);
  look_timer.async_wait([this](boost::system::error_code error) {
    if (!error) look();
  });
}

void service::impl::tell_supervisor() {
  bool all_turn = true;
  for (const auto& each : threads) all_turn = all_turn && each->turned_within(thread_stands_still);
  if (all_turn) supervisor::ping_watchdog();
  const auto state = worst_queue();
  supervisor::set_status(
      draining          ? "draining"
      : state.accepting ? "accepting deliveries at " + listening.address()
                        : "answering 503: " + std::string(to_string(state.why))
  );
}

void service::impl::reload() {
  auto loaded = load_keys(given.keys);
  if (!loaded.problems.empty()) {
    for (const auto& problem : loaded.problems)
      log.error("signing keys not reloaded, the old ones stay", {{"reason", problem}});
    return;
  }
  log_keys(loaded, given.keys, log);
  const auto keys = share(std::move(loaded));
  for (const auto& each : threads) each->replace_keys(keys);
  log.info("signing keys reloaded", {{"keys", keys->size()}});
  // systemd copies credentials at the start and never again: the file that was edited is another.
  if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
      folder && *folder && given.keys.file.starts_with(folder))
    log.warn(
        "the keys file is a credential as of this start: after a change, restart the service",
        {{"file", given.keys.file}}
    );
}

void service::impl::begin_drain() {
  if (draining.exchange(true)) return;
  supervisor::notify("STOPPING=1");
  const auto ms = given.drain_delay.count();
  log.info("draining: unready, still serving", {{"for_ms", ms}});
  for (const auto& each : threads) each->end_connections();
  pause_timer.expires_after(given.drain_delay);
  pause_timer.async_wait([this](boost::system::error_code error) {
    if (!error) finish_drain();
  });
}

void service::impl::finish_drain() {
  listening.finish();
  for (const auto& each : threads) each->close_idle();
  beating.beat();
  log.info("no longer listening", {{"connections", open_connections.load()}});
  wait_for_end(clock::now() + drain_most);
}

void service::impl::wait_for_end(clock::time_point latest) {
  const bool late = clock::now() >= latest;
  if (late)
    log.warn("connections cut at the end of the drain", {{"connections", open_connections.load()}});
  if (late || open_connections.load() == 0) return end();
  pause_timer.expires_after(drain_look);
  pause_timer.async_wait([this, latest](boost::system::error_code error) {
    if (!error) wait_for_end(latest);
  });
}

void service::impl::end() {
  for (const auto& each : threads) each->stop();
  look_timer.cancel();
  beating.finish();
  wait_for_figures(clock::now() + figures_most);
}

// Those of the last seconds go out before the end, if Redis is there to take them.
void service::impl::wait_for_figures(clock::time_point latest) {
  if (beating.settled() || clock::now() >= latest) return io.stop();
  pause_timer.expires_after(drain_look);
  pause_timer.async_wait([this, latest](boost::system::error_code) { wait_for_figures(latest); });
}

service::service(const options& given, logger log)
    : impl_(std::make_unique<impl>(given, std::move(log))) {}
service::~service() = default;

void service::run() {
  impl_->listen_once_ready(clock::now() + start_most);
  impl_->beating.start();
  impl_->look();
  impl_->log.info(
      "listening", {{"listen", impl_->listening.address()},
                    {"ops", impl_->ops.address()},
                    {"threads", impl_->given.threads},
                    {"durability", impl_->given.durability},
                    {"redis", connect_to(impl_->given, "").where.describe()},
                    {"version", TRUNKLINE_VERSION},
                    {"id", impl_->id}}
  );
  impl_->io.run();
  impl_->log.info("stopped");
}

void service::drain() {
  asio::post(impl_->io, [raw = impl_.get()] { raw->begin_drain(); });
}

void service::reload() {
  asio::post(impl_->io, [raw = impl_.get()] { raw->reload(); });
}

}  // namespace trunkline::gateway
