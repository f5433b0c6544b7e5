// SPDX-License-Identifier: Apache-2.0
// trunkline send: signed deliveries through the whole pipe, and a look at what became of them.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/send/send_text.hpp"
#include "cli/send/test_rows.hpp"
#include "cli/send/signed_delivery.hpp"
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
  std::chrono::milliseconds timeout = 30s;
  bool keep = false;
  bool print = false;
  bool json = false;
  config::common_options common;
};

struct file {
  std::string name;
  std::string body;
};

// The first scheme that the first key serves, unless one was asked for.
std::optional<signature::scheme> choose_scheme(
    const settings& given, const signature::key_ring& ring
) {
  std::string name = given.scheme;
  if (name == "auto") name = ring.schemes(0).substr(0, ring.schemes(0).find('+'));
  const auto scheme = signature::scheme_from(name);
  return scheme && ring.serves(*scheme) ? scheme : std::nullopt;
}

// Returns what is wrong with the words of the command line, or empty; reads the files.
std::string read_words(const settings& given, std::vector<file>& files) {
  if (given.what.empty()) return "say all, media, ai, full, or name files";
  if (given.what.size() == 1 && is_sample_word(given.what.front())) return "";
  for (const auto& name : given.what) {
    input content = read_input(name);
    if (!content.problem.empty())
      return "'" + printable(name) +
             "' is none of all, media, ai, full, and as a file: " + content.problem;
    files.push_back({name, std::move(content.bytes)});
  }
  return "";
}

class run_of_steps {
 public:
  run_of_steps(const settings& given, const pipe& through) : given_(given), through_(through) {}

  int send_files(const std::vector<file>& files) {
    for (const auto& [name, body] : files) {
      if (!take(send_file(through_, name, body))) break;
    }
    return finish(std::nullopt);
  }

  int send_samples() {
    run_names names = make_names();
    if (const auto failure = choose_unused_numbers(through_.db, names)) return refuse(*failure);
    removal created;
    for (const sample& each : make_samples(given_.what.front(), names, unix_ms())) {
      const step done = cli::send_sample(through_, each);
      created.activity_ids.push_back(each.activity_id);
      if (!done.event_key.empty()) created.event_keys.push_back(done.event_key);
      if (!take(done)) break;
    }
    return finish(given_.keep ? keep(names) : remove(names, created));
  }

 private:
  // Prints and remembers; false if the rest would end the same way.
  bool take(const step& done) {
    if (!given_.json) std::puts(line_of(done).c_str());
    std::fflush(stdout);
    steps_.push_back(done);
    return done.go_on;
  }

  int refuse(const database_failure& failure) {
    const std::string hint = failure.missing_table() ? "; run 'trunkline migrate'" : "";
    return report_error(
        "send", describe(failure) + hint, failure.unreachable ? exit_code::unknown : exit_code::failed
    );
  }

  cleanup keep(const run_names& names) const {
    return {.kept = true, .prefix = names.prefix, .problem = ""};
  }

  cleanup remove(const run_names& names, const removal& created) const {
    cleanup out{.kept = false, .prefix = names.prefix, .problem = ""};
    const bool late = std::any_of(steps_.begin(), steps_.end(), [](const step& each) {
      return each.state.empty() && (each.accepted || each.may_come);
    });
    if (const auto failure = remove_rows(through_.db, names, created)) {
      out.problem = describe(*failure);
    } else if (late) {
      out.problem = "not every delivery was seen to arrive, and it may still";
    }
    return out;
  }

  int finish(const std::optional<cleanup>& rows) const {
    if (given_.json)
      std::puts(json_of(steps_, rows).c_str());
    else if (rows)
      std::puts(line_of(*rows).c_str());
    const auto any = [this](step::verdict wanted) {
      return std::any_of(steps_.begin(), steps_.end(), [wanted](const step& each) {
        return each.result == wanted;
      });
    };
    if (any(step::verdict::away)) return as_int(exit_code::unknown);
    const bool failed = any(step::verdict::failed) || (rows && !rows->problem.empty());
    return as_int(failed ? exit_code::failed : exit_code::ok);
  }

  const settings& given_;
  const pipe& through_;
  std::vector<step> steps_;
};

int print_only(
    const settings& given, const signature::key_ring& ring, signature::scheme scheme,
    const std::vector<file>& files
) {
  for (const auto& [name, body] : files)
    std::puts(curl_command(given.url, sign_delivery(ring, scheme, body), "@" + name).c_str());
  if (!files.empty()) return as_int(exit_code::ok);
  for (const sample& each : make_samples(given.what.front(), make_names(), unix_ms()))
    std::puts(curl_command(given.url, sign_delivery(ring, scheme, each.body), each.body).c_str());
  return as_int(exit_code::ok);
}

int run(const settings& given) {
  std::vector<file> files;
  if (const auto wrong = read_words(given, files); !wrong.empty())
    return report_error("send", wrong, exit_code::usage);
  const signature::loaded_keys keys = load_keys(given.keys);
  const auto scheme = choose_scheme(given, keys.ring);
  if (!scheme)
    return report_error("send", "no key serves the scheme " + given.scheme, exit_code::config);
  if (given.print) return print_only(given, keys.ring, *scheme, files);

  http_target gateway;
  parse_http_url(given.url, gateway);
  // Removing rows waits for batches in hand, hence the longer limits.
  database db(
      given.common.postgres, config::make_logger("send", given.common),
      {.lock = 15s, .statement = 20s}
  );
  const pipe through{gateway, keys.ring, *scheme, db, given.timeout};
  run_of_steps steps(given, through);
  return files.empty() ? steps.send_samples() : steps.send_files(files);
}

void declare(config::option_set& options, config::arguments& words, settings& given) {
  words.several(
      "what", given.what,
      "all: the 12 event kinds of the integration document; media: a message with 4 files; ai: "
      "call, "
      "summary and transcript; full: all three; or FILE...: sent as they are, - for standard "
      "input",
      "all|media|ai|full|FILE"
  );
  options.text("url", given.url, "The gateway");
  options.check("url", [&given] {
    http_target ignored;
    return parse_http_url(given.url, ignored);
  });
  options.choice(
      "scheme", given.scheme, "How to sign; auto: the first scheme that the first key serves",
      {"auto", "hex", "legacy", "standard"}
  );
  declare_keys(options, given.keys);
  options.duration("timeout", given.timeout, "How long to wait for each row", 100ms, 1h);
  options.flag("keep", given.keep, "Leave the rows of made-up events in the tables");
  options.flag("print", given.print, "Send nothing, print each delivery as a curl command");
  options.flag("json", given.json, "Print one JSON object");
  options.per_call({"keep", "print"});
  config::add_common(options, given.common, config::uses::postgres);
}

}  // namespace

config::command send() {
  auto given = std::make_shared<settings>();
  return {
      .name = "send",
      .description =
          "Send signed test deliveries to the gateway and check what arrives in Postgres",
      .examples =
          "  trunkline send all                       every event kind; rows are removed again\n"
          "  trunkline send full --scheme legacy --keep\n"
          "  trunkline send body.json --url http://10.0.0.5:5000\n"
          "  trunkline send media --print             a curl command instead\n"
          "Made-up events carry ids TRUNKLINE-TEST-... and fictitious numbers (555-01xx).\n"
          "Exit codes: 0 all well, 1 something failed, 3 gateway or Postgres is away, 64 wrong "
          "usage,\n78 configuration refused.\n",
      .declare = [given](
                     config::option_set& options, config::arguments& words
                 ) { declare(options, words, *given); },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
