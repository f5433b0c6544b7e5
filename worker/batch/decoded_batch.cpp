// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/decoded_batch.hpp"

#include <algorithm>
#include <utility>

#include "common/text/encoding.hpp"

namespace trunkline::worker {
namespace {

// A forged time must be within the range of timestamptz. The year 2100 is an arbitrary limit.
constexpr std::int64_t latest_ms = 4'102'444'800'000;

void complete(stream::delivery& delivery) {
  delivery.received_at_ms = std::clamp<std::int64_t>(delivery.received_at_ms, 0, latest_ms);
  if (delivery.delivery_id.empty())
    delivery.delivery_id = make_delivery_id(delivery.received_at_ms);
}

redis::reply text(std::string value) {
  redis::reply out;
  out.type = redis::reply::kind::string;
  out.text = std::move(value);
  return out;
}

stream::entry decode(const std::string& id, const std::vector<std::string>& fields) {
  redis::reply values, entry;
  values.type = entry.type = redis::reply::kind::array;
  for (const auto& field : fields) values.elements.push_back(text(field));
  entry.elements = {text(id), std::move(values)};
  return stream::decode_entry(std::move(entry));
}

std::string as_text(const std::vector<std::string>& fields) {
  std::string out;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2)
    out += fields[i] + '=' + fields[i + 1] + '\n';
  return out;
}

}  // namespace

decoded_batch decode_batch(std::vector<stream::entry> entries) {
  decoded_batch out;
  for (auto& entry : entries) {
    if (entry.content) {
      complete(*entry.content);
      out.events.push_back(store::prepare(std::move(entry.id), std::move(*entry.content)));
    } else if (!entry.id.empty()) {
      out.undecodable.push_back(std::move(entry.id));
    }
  }
  return out;
}

store::prepared_event raw_event(
    const std::string& entry_id, const std::vector<std::string>& fields
) {
  auto entry = decode(entry_id, fields);
  store::prepared_event out;
  out.entry_id = entry_id;
  if (entry.content) {
    out.delivery = std::move(*entry.content);
    out.key = store::make_event_key(out.delivery.provider_delivery_id, out.delivery.body);
  } else {
    out.delivery.body = as_text(fields);
    std::int64_t id_ms = 0;
    try {
      id_ms = std::stoll(entry_id);
    } catch (const std::exception&) {
      // The id exceeds 64 bits: 0 is stored.
    }
    out.delivery.received_at_ms = id_ms;
    out.key = store::make_event_key(entry_id, out.delivery.body);
  }
  complete(out.delivery);
  return out;
}

}  // namespace trunkline::worker
