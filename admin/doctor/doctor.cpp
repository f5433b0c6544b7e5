// SPDX-License-Identifier: Apache-2.0
#include "admin/doctor/doctor.hpp"

#include "admin/deadline_task.hpp"

namespace trunkline::admin {
namespace {

constexpr std::chrono::milliseconds deadline{1900};
const std::string no_response = "no response within 2 s";

findings unreachable(std::string check, std::string what, std::string fix) {
  findings out;
  out.unreachable(std::move(check), std::move(what), std::move(fix));
  return out;
}

findings provider_unknown() {
  findings out;
  out.add(
      "webhooks", level::warning, "the provider: " + no_response,
      "the state of the webhooks is unknown", "trunkline webhooks list"
  );
  return out;
}

}  // namespace

findings examine_all(const doctor_options& options) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  deadline_task<findings> redis([common = options.common] { return examine_redis(common); });
  deadline_task<findings> postgres([common = options.common] { return examine_postgres(common); });
  deadline_task<findings> processes([common = options.common] { return examine_processes(common); }
  );
  deadline_task<findings> gateway([url = options.url, ops_url = options.ops_url] {
    return examine_gateway(url, ops_url);
  });
  deadline_task<findings> webhooks([api = options.api, url = options.public_url] {
    return examine_webhooks(api, url);
  });
  findings out = examine_keys(options.keys);
  const auto take = [&](deadline_task<findings>& task, const findings& if_late) {
    out.append(task.wait_until(end).value_or(if_late));
  };
  take(redis, unreachable("redis.reach", no_response, "systemctl status redis-server"));
  take(postgres, unreachable("postgres.reach", no_response, "systemctl status postgresql"));
  take(
      gateway,
      unreachable("gateway.probe", options.url + ": " + no_response, "check --url and --ops-url")
  );
  take(processes, {});  // redis.reach reports that Redis is unreachable
  take(webhooks, provider_unknown());
  return out;
}

}  // namespace trunkline::admin
