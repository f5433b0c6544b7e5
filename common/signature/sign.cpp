// SPDX-License-Identifier: Apache-2.0
#include "common/signature/keys.hpp"

namespace trunkline::signature {
namespace {

std::string_view bytes_of(const mac& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

signed_headers sign_with(
    const hmac_key& key, scheme which, std::string_view body, std::int64_t now_unix_ms,
    std::string_view id
) {
  switch (which) {
    case scheme::standard: {
      const std::string at = std::to_string(now_unix_ms / 1000);
      const std::string digest = base64_encode(bytes_of(key.sign({id, ".", at, ".", body})));
      return {
          {{"webhook-id", std::string(id)},
           {"webhook-timestamp", at},
           {"webhook-signature", "v1," + digest}}};
    }
    case scheme::legacy: {
      const std::string at = std::to_string(now_unix_ms);
      const std::string digest = base64_encode(bytes_of(key.sign({at, ".", body})));
      return {{{"openphone-signature", "hmac;1;" + at + ";" + digest}}};
    }
    case scheme::hex:
      break;
  }
  return {{{"x-openphone-signature-v1", hex_encode(bytes_of(key.sign({body})))}}};
}

}  // namespace

std::optional<signed_headers> sign(
    const key_ring& ring, scheme which, std::string_view body, std::int64_t now_unix_ms,
    std::string_view id
) {
  for (const prepared_key& key : ring.get().keys) {
    if (const hmac_key* found = key.find(which))
      return sign_with(*found, which, body, now_unix_ms, id);
  }
  return std::nullopt;
}

}  // namespace trunkline::signature
