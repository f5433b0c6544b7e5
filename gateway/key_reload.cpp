// SPDX-License-Identifier: Apache-2.0
#include "gateway/key_reload.hpp"

namespace trunkline::gateway {

void log_keys(
    const signature::loaded_keys& loaded, const signature::key_sources& sources, const logger& log
) {
  const auto& ring = loaded.ring;
  for (std::size_t i = 0; i < ring.size(); ++i)
    log.info(
        "signing key",
        {{"scheme", ring.schemes(i)}, {"index", i}, {"fingerprint", ring.fingerprint(i)}}
    );
  if (loaded.file_is_public)
    log.warn("others may read the keys file: chmod 0400", {{"file", sources.file}});
}

}  // namespace trunkline::gateway
