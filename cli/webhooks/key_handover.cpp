// SPDX-License-Identifier: Apache-2.0
#include "cli/webhooks/key_handover.hpp"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "admin/webhooks/test_delivery.hpp"
#include "cli/output.hpp"
#include "cli/webhooks/delivery_text.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

using clock = std::chrono::steady_clock;

// Prefers an incoming message, the smallest event; the webhook may not deliver it.
std::string event_to_test(const openphone::webhook& webhook) {
  const std::string usual = "message.received";
  const bool delivered = std::count(webhook.events.begin(), webhook.events.end(), usual) > 0;
  return delivered || webhook.events.empty() ? usual : webhook.events.front();
}

}  // namespace

int verify_key(
    const std::string& command, openphone::api& api, const config::common_options& common,
    const openphone::webhook& webhook, std::chrono::milliseconds time, bool& verified
) {
  test_delivery test(api, common, webhook.id, event_to_test(webhook));
  if (const auto error = test.prepare()) return report_error(command, *error);
  std::fprintf(
      stderr, "waiting up to %s for a test event through %s; reload the gateway now\n",
      format_duration(time).c_str(), webhook.id.c_str()
  );
  const auto end = clock::now() + time;
  // The provider repeats a rejected delivery after five seconds, and then only after five minutes.
  for (auto next = clock::now();;) {
    if (clock::now() >= next) {
      if (const auto error = test.request()) return report_error(command, *error);
      next = clock::now() + std::chrono::seconds(10);
    }
    std::optional<delivery_row> found;
    if (const auto error = test.find(found)) return report_error(command, *error);
    verified = found.has_value();
    if (verified) return as_int(exit_code::ok);
    if (clock::now() >= end)
      return report_error(
          command, "no test event arrived through " + webhook.id + describe(test.locate()),
          exit_code::failed
      );
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

}  // namespace trunkline::cli
