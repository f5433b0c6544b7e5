// SPDX-License-Identifier: Apache-2.0
#include "common/text/encoding.hpp"
#include "parse/normalise.hpp"
#include "store/events/event_store.hpp"

namespace trunkline::store {

event_key make_event_key(std::string_view provider_delivery_id, std::string_view body) {
  std::string bytes;
  bytes.reserve(provider_delivery_id.size() + 1 + body.size());
  bytes.append(provider_delivery_id).append(1, '\0').append(body);
  return sha256(bytes);
}

prepared_event prepare(std::string entry_id, stream::delivery delivery) {
  prepared_event event{std::move(entry_id), std::move(delivery), {}, {}};
  event.key = make_event_key(event.delivery.provider_delivery_id, event.delivery.body);
  event.event = parse::normalise(event.delivery.body);
  return event;
}

}  // namespace trunkline::store
