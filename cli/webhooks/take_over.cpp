// SPDX-License-Identifier: Apache-2.0
#include "cli/webhooks/take_over.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "common/text/units.hpp"
#include "cli/webhooks/trial.hpp"

namespace trunkline::cli {
namespace {

using clock = std::chrono::steady_clock;

// A message is the cheapest to send around; the webhook may carry none.
std::string event_to_test(const openphone::webhook& hook) {
  const std::string usual = "message.received";
  const bool carried = std::count(hook.events.begin(), hook.events.end(), usual) > 0;
  return carried || hook.events.empty() ? usual : hook.events.front();
}

}  // namespace

int wait_until_it_works(
    const std::string& command, openphone::api& api, const config::common_options& common,
    const openphone::webhook& hook, std::chrono::milliseconds time, bool& works
) {
  trial test(command, api, common, hook.id, event_to_test(hook));
  if (const int code = test.prepare(); code != 0) return code;
  std::fprintf(
      stderr, "waiting up to %s for a test event through %s; reload the gateway now\n",
      format_duration(time).c_str(), hook.id.c_str()
  );
  const auto end = clock::now() + time;
  // The provider tries a refused one again after five seconds, and then after five minutes only.
  for (auto next = clock::now();;) {
    if (clock::now() >= next) {
      if (const int code = test.ask(); code != 0) return code;
      next = clock::now() + std::chrono::seconds(10);
    }
    std::optional<arrival> found;
    if (const int code = test.look(found); code != 0) return code;
    works = found.has_value();
    if (works) return as_int(exit_code::ok);
    if (clock::now() >= end)
      return report_error(
          command, "no test event arrived through " + hook.id + test.search().sentence(), exit_code::failed
      );
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

}  // namespace trunkline::cli
