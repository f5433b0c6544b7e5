// SPDX-License-Identifier: Apache-2.0
#include "gateway/key_reload.hpp"

#include <cstdlib>
#include <stdexcept>

namespace trunkline::gateway {
namespace {

shared_keys share(signature::loaded_keys&& loaded) {
  return std::make_shared<const signature::key_ring>(std::move(loaded.ring));
}

// systemd copies credentials when the service starts, so an edited file is not the one that was
// read.
void warn_of_credential(const signature::key_sources& sources, const logger& log) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (!folder || !*folder || !sources.file.starts_with(folder)) return;
  log.warn(
      "signing keys file is a systemd credential; restart the service to load a changed file",
      {{"file", sources.file}}
  );
}

}  // namespace

shared_keys load_keys_at_start(const signature::key_sources& sources, const logger& log) {
  auto loaded = load_keys(sources);
  if (!loaded.problems.empty()) throw std::runtime_error(loaded.problems.front());
  log_keys(loaded, sources, log);
  return share(std::move(loaded));
}

shared_keys reload_keys(const signature::key_sources& sources, const logger& log) {
  auto loaded = load_keys(sources);
  if (!loaded.problems.empty()) {
    for (const auto& problem : loaded.problems)
      log.error("signing keys not reloaded; present keys stay in use", {{"reason", problem}});
    return {};
  }
  log_keys(loaded, sources, log);
  auto keys = share(std::move(loaded));
  log.info("signing keys reloaded", {{"keys", keys->size()}});
  warn_of_credential(sources, log);
  return keys;
}

void log_keys(
    const signature::loaded_keys& loaded, const signature::key_sources& sources, const logger& log
) {
  const auto& ring = loaded.ring;
  for (std::size_t i = 0; i < ring.size(); ++i)
    log.info(
        "signing key loaded",
        {{"scheme", ring.schemes(i)}, {"index", i}, {"fingerprint", ring.fingerprint(i)}}
    );
  if (loaded.file_is_public)
    log.warn(
        "signing keys file is readable by other users; run chmod 0400", {{"file", sources.file}}
    );
}

}  // namespace trunkline::gateway
