// SPDX-License-Identifier: Apache-2.0
// trunkline send
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/send/send_text.hpp"
#include "cli/send/signed_delivery.hpp"
#include "cli/send/test_rows.hpp"
#include "cli/signing_keys.hpp"
#include "common/process/clock.hpp"
#include "common/process/read_input.hpp"

namespace trunkline::cli {
namespace {

using namespace std::chrono_literals;

struct settings {
  std::vector<std::string> what;
  std::string url = "http://127.0.0.1:5000/api/webhooks/openphone";
  std::string scheme = "auto";
  signature::key_sources keys;
  std::chrono::milliseconds wait = 30s;
  bool keep = false;
  bool print = false;
  bool json = false;
  config::common_options common;
};

struct file {
  std::string name;
  std::string body;
};

std::optional<signature::scheme> choose_scheme(
    const settings& options, const signature::key_ring& ring
) {
  std::string name = options.scheme;
  if (name == "auto") name = ring.schemes(0).substr(0, ring.schemes(0).find('+'));
  const auto scheme = signature::scheme_from(name);
  return scheme && ring.serves(*scheme) ? scheme : std::nullopt;
}

// Reads the files that the command line names. Returns an error, or "".
std::string read_files(const settings& options, std::vector<file>& files) {
  if (options.what.empty()) return "give all, media, ai, full or files";
  if (options.what.size() == 1 && is_sample_set(options.what.front())) return "";
  for (const auto& name : options.what) {
    input content = read_input(name);
    if (!content.problem.empty())
      return "'" + printable(name) +
             "' is neither all, media, ai, full nor a file: " + content.problem;
    files.push_back({name, std::move(content.bytes)});
  }
  return "";
}

class send_run {
 public:
  send_run(const settings& options, const delivery_target& target)
      : options_(options), target_(target) {}

  int send_files(const std::vector<file>& files) {
    for (const auto& [name, body] : files) {
      if (!record(deliver_file(target_, name, body))) break;
    }
    return finish(std::nullopt);
  }

  int send_samples() {
    test_ids ids = make_test_ids();
    const auto numbers = choose_unused_numbers(target_.db, ids);
    if (numbers.failure) return fail(*numbers.failure);
    if (numbers.exhausted)
      return report_error(
          "send", "rows of contacts and own_numbers have all fictitious numbers", exit_code::failed
      );
    created_rows created;
    for (const sample& each : make_samples(options_.what.front(), ids, unix_ms())) {
      const auto result = deliver_sample(target_, each);
      created.activity_ids.push_back(each.activity_id);
      if (!result.event_key.empty()) created.event_keys.push_back(result.event_key);
      if (!record(result)) break;
    }
    return finish(options_.keep ? cleanup{true, ids.prefix, ""} : remove(ids, created));
  }

 private:
  // Prints a result. Returns false if the run must stop.
  bool record(const delivery_result& result) {
    if (!options_.json) std::puts(as_line(result).c_str());
    std::fflush(stdout);
    results_.push_back(result);
    return !result.stop;
  }

  int fail(const database_failure& failure) {
    const std::string hint = failure.missing_table() ? "; run 'trunkline migrate'" : "";
    return report_error(
        "send", describe(failure) + hint,
        failure.unreachable ? exit_code::unknown : exit_code::failed
    );
  }

  cleanup remove(const test_ids& ids, const created_rows& created) const {
    cleanup out{.kept = false, .prefix = ids.prefix, .problem = ""};
    const bool late = std::ranges::any_of(results_, [](const delivery_result& each) {
      return each.state.empty() && (each.accepted || each.may_arrive);
    });
    if (const auto failure = remove_rows(target_.db, ids, created)) {
      out.problem = describe(*failure);
    } else if (late) {
      out.problem = "not every delivery has arrived; it may still do so";
    }
    return out;
  }

  int finish(const std::optional<cleanup>& rows) const {
    if (options_.json)
      std::puts(as_json(results_, rows).c_str());
    else if (rows)
      std::puts(as_line(*rows).c_str());
    const auto any = [this](delivery_result::status status) {
      return std::ranges::any_of(results_, [status](const delivery_result& each) {
        return each.result == status;
      });
    };
    if (any(delivery_result::status::unreachable)) return as_int(exit_code::unknown);
    const bool failed = any(delivery_result::status::failed) || (rows && !rows->problem.empty());
    return as_int(failed ? exit_code::failed : exit_code::ok);
  }

  const settings& options_;
  const delivery_target& target_;
  std::vector<delivery_result> results_;
};

int print_commands(
    const settings& options, const signature::key_ring& ring, signature::scheme scheme,
    const std::vector<file>& files
) {
  const auto print = [&](const std::string& body, const std::string& data) {
    std::puts(curl_command(options.url, sign_delivery(ring, scheme, body), data).c_str());
  };
  for (const auto& [name, body] : files) print(body, "@" + name);
  if (!files.empty()) return as_int(exit_code::ok);
  for (const sample& each : make_samples(options.what.front(), make_test_ids(), unix_ms()))
    print(each.body, each.body);
  return as_int(exit_code::ok);
}

int run(const settings& options) {
  std::vector<file> files;
  if (const auto error = read_files(options, files); !error.empty())
    return report_error("send", error, exit_code::usage);
  const signature::loaded_keys keys = load_keys(options.keys);
  const auto scheme = choose_scheme(options, keys.ring);
  if (!scheme)
    return report_error(
        "send", "no signing key serves the scheme " + options.scheme, exit_code::config
    );
  if (options.print) return print_commands(options, keys.ring, *scheme, files);

  http_target gateway;
  parse_http_url(options.url, gateway);
  // The limits are longer than usual: removing rows waits for the workers' batches in flight.
  database db(
      options.common.postgres, config::make_logger("send", options.common),
      {.lock = 15s, .statement = 20s}
  );
  const delivery_target target{gateway, keys.ring, *scheme, db, options.wait};
  send_run deliveries(options, target);
  return files.empty() ? deliveries.send_samples() : deliveries.send_files(files);
}

void declare(config::option_set& set, config::arguments& words, settings& options) {
  words.several(
      "what", options.what, "Set of sample events, or files to send; - is standard input",
      "all|media|ai|full|FILE"
  );
  set.text("url", options.url, "URL of the gateway", {.value = "URL"});
  set.check("url", [&options] {
    http_target ignored;
    return parse_http_url(options.url, ignored);
  });
  set.choice(
      "scheme", options.scheme, "Signature scheme; auto: first scheme of the first key",
      {"auto", "hex", "legacy", "standard"}
  );
  declare_keys(set, options.keys);
  set.duration("wait", options.wait, "Maximum time to wait for each row", 100ms, 1h);
  set.flag("keep", options.keep, "Keep the rows of sample events");
  set.flag("print", options.print, "Print curl commands instead of sending");
  set.flag("json", options.json, "Print one JSON object");
  set.per_call({"keep", "print", "wait"});
  config::add_common(set, options.common, config::uses::postgres);
}

}  // namespace

config::command send() {
  auto options = std::make_shared<settings>();
  return {
      .name = "send",
      .description = "Send signed test deliveries and check their rows",
      .examples =
          "  trunkline send all                       every event type; rows are removed again\n"
          "  trunkline send full --scheme legacy --keep\n"
          "  trunkline send body.json --url http://10.0.0.5:5000\n"
          "  trunkline send media --print             a curl command instead\n"
          "Sets: all (12 event types), media (a message with 4 files), ai (call, summary and "
          "transcript),\n"
          "full (all of them). Made-up events have ids TRUNKLINE-TEST-... and fictitious numbers "
          "(555-01xx).\n"
          "Exit codes: 0 passed, 1 a check failed, 3 gateway or PostgreSQL is unreachable, 64 "
          "usage "
          "error,\n"
          "78 invalid configuration.\n",
      .declare = [options](
                     config::option_set& set, config::arguments& words
                 ) { declare(set, words, *options); },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
