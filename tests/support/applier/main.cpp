// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "common/process/signals.hpp"
#include "tests/support/applier/jobs.hpp"

// test-applier --postgres URL [--sql-dir DIR] [--own-number N]... [--batch-log FILE] [--copy-from
// N]
//
// Reads JSON lines, one job per line, and applies each as one batch with the parser and the store:
//   {"connection": 0, "events": ["<base64 of a body>", {"body": "<base64>", "id": "msg_1"}, ...]}
//   {"barrier": true}      waits for all earlier jobs, then prints the counters
// At the end of input: {"applied": n, "restructures": n, "errors": [...]}; exit 1 if there were
// errors. --sql-dir: DIR/<name>.sql replaces a statement of schema/queries/. --batch-log: a line
// for each batch in the order they began, "<batch> <connection> <events>". --copy-from: smallest
// batch whose events go by COPY.
namespace {

using namespace trunkline;

struct arguments {
  store::store_options store;
  std::string sql_dir, batch_log;
};

std::optional<arguments> read_arguments(int argc, char** argv) {
  arguments all;
  all.store.application_name = "test-applier";
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 == argc) return std::nullopt;
    const std::string value = argv[i + 1];
    if (name == "--postgres") {
      all.store.conninfo = value;
    } else if (name == "--sql-dir") {
      all.sql_dir = value;
    } else if (name == "--own-number") {
      all.store.own_numbers.push_back(value);
    } else if (name == "--copy-from") {
      all.store.copy_from = std::stoul(value);
    } else if (name == "--batch-log") {
      all.batch_log = value;
    } else {
      return std::nullopt;
    }
  }
  return all;
}

std::string text_of_file(const std::string& path) {
  const std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return text.str();
}

}  // namespace

int main(int argc, char** argv) {
  prepare_process();
  std::ios::sync_with_stdio(false);  // otherwise reads single bytes
  auto options = read_arguments(argc, argv);
  if (!options) {
    std::cerr << "usage: test-applier --postgres URL [--sql-dir DIR] [--own-number N]... "
                 "[--batch-log FILE] [--copy-from N]\n";
    return 64;
  }
  if (!options->sql_dir.empty()) {
    options->store.statement_override = [dir = options->sql_dir](std::string_view name) {
      return text_of_file(dir + "/" + std::string(name) + ".sql");
    };
  }
  const logger log("applier", log_level::warn, log_format::text);
  std::ofstream batch_log;
  if (!options->batch_log.empty()) batch_log.open(options->batch_log);
  applier::tally counts;
  {
    applier::connections all(
        [&] { return store::open_event_store(options->store, log); }, counts,
        [&](const applier::job& work, std::size_t batch) {
          batch_log << batch << ' ' << work.connection << ' ' << work.events.size() << '\n';
        }
    );
    for (std::string line; std::getline(std::cin, line);) {
      auto work = applier::read_job(line);
      if (!work.problem.empty()) {
        counts.error(work.problem);
      } else if (work.barrier) {
        all.wait();
        std::cout << counts.line(true) << std::endl;
      } else {
        all.add(std::move(work));
      }
    }
    all.wait();
  }
  std::cout << counts.line(false) << std::endl;
  return counts.failed() ? 1 : 0;
}
