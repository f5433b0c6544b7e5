// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <set>

#include "cli/output.hpp"
#include "admin/webhooks/arrivals.hpp"
#include "admin/webhooks/stream_look.hpp"
#include "cli/webhooks/webhooks.hpp"

// Test events of the provider. All of them carry one and the same event id, and its log names none:
// what tells this one from earlier ones is that it is new, here (a later entry of the stream) and
// there (a delivery that the log did not have).
namespace trunkline::cli {

// Of a test event that is no row: how far it came.
struct whereabouts {
  bool log_read = false;
  std::string delivery, status;   // in the provider's log; ""
  std::optional<bool> in_redis;   // waits for a worker; none: not known
  std::int64_t refused = 0;       // by our gateways since, whoever sent it
  std::string refused_by_reason;  // "mismatch 2"

  std::string sentence() const;  // "; ..." to end a line with
};

class trial {
 public:
  // Functions that return an int have told the problem on stderr if it is not 0: the exit code.
  trial(
      std::string command, openphone::api&, const config::common_options&, std::string hook,
      std::string event_type
  );
  // Notes what is there already. Before the first ask().
  int prepare();
  // One more test event.
  int ask();
  // Is one here?
  int look(std::optional<arrival>& found);
  whereabouts search();

  const std::string& event_id() const { return event_id_; }  // inside the test event; ""

 private:
  openphone::answer<openphone::delivery_page> log_of_provider();
  void search_stream(whereabouts&);
  void count_refusals(whereabouts&);

  std::string verb_, hook_, event_type_, event_id_;
  openphone::api& api_;
  database db_;
  stream_look redis_;
  std::set<std::string> known_;  // deliveries of the provider's log
  std::string entry_;            // newest of the stream
  std::int64_t row_ = 0;         // newest of webhook_events
  stream_look::refusals refused_;
};

}  // namespace trunkline::cli
