// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "common/process/signals.hpp"
#include "common/redis/reply.hpp"
#include "common/stream/contract.hpp"
#include "store/events/event_store.hpp"

// bench-worker-path REPLIES BATCHES [POSTGRES]
//
// Decodes and parses the first BATCHES replies of a file, each an array of entries as Redis sends
// it, and applies them if POSTGRES is given. It is meant for counting instructions.
namespace {

using namespace trunkline;

std::string bytes_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<store::prepared_event> prepare(redis::reply&& batch) {
  std::vector<store::prepared_event> events;
  events.reserve(batch.elements.size());
  for (auto& element : batch.elements) {
    auto entry = stream::decode_entry(std::move(element));
    if (!entry.content) throw std::runtime_error(entry.problem);
    events.push_back(store::prepare(std::move(entry.id), std::move(*entry.content)));
    if (events.back().event.what != parse::verdict::apply)
      throw std::runtime_error("an event of the mix is not applied");
  }
  return events;
}

void run(const char* path, int batches, const char* conninfo) {
  const logger log("path", log_level::warn, log_format::text);
  std::unique_ptr<store::event_store> store;
  if (conninfo != nullptr) {
    store::store_options options;
    options.conninfo = conninfo;
    options.statement_timeout = std::chrono::minutes(5);  // valgrind is slow
    store = store::open_event_store(std::move(options), log);
  }
  const auto bytes = bytes_of(path);
  redis::reply_reader reader;
  std::size_t fed = 0;
  for (int done = 0; done < batches;) {
    redis::reply batch;
    if (!reader.next(batch)) {
      // In pieces as a socket returns them.
      const auto piece = std::string_view(bytes).substr(fed, 16384);
      if (piece.empty() || reader.broken()) throw std::runtime_error("not that many batches");
      reader.feed(piece);
      fed += piece.size();
      continue;
    }
    const auto events = prepare(std::move(batch));
    if (store) {
      const auto outcomes = store->apply(events);
      if (!outcomes) throw std::runtime_error(outcomes.error().message);
    }
    ++done;
  }
}

}  // namespace

int main(int argc, char** argv) {
  prepare_process();
  if (argc < 3 || argc > 4) {
    std::cerr << "usage: bench-worker-path REPLIES BATCHES [POSTGRES]\n";
    return 64;
  }
  try {
    run(argv[1], std::atoi(argv[2]), argc == 4 ? argv[3] : nullptr);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench-worker-path: " << error.what() << '\n';
    return 1;
  }
}
