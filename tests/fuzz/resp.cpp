// SPDX-License-Identifier: Apache-2.0
// Fuzzes the reader of Redis replies. The first byte determines where the rest is split in two. The
// replies equal those of one piece, and any reply can be decoded as stream entries without a crash.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/redis/reply.hpp"
#include "common/stream/contract.hpp"

namespace {

using trunkline::redis::reply;

void require(bool holds) {
  if (!holds) std::abort();
}

void print(const reply& from, std::string& out) {
  out += static_cast<char>('0' + static_cast<int>(from.type));
  out += std::to_string(from.integer) + ':' + std::to_string(from.text.size()) + from.text + '[';
  for (const auto& element : from.elements) print(element, out);
  out += ']';
}

// Decodes every element, because XREADGROUP, XCLAIM and XAUTOCLAIM nest entries differently.
void decode_each(const reply& from) {
  const auto copied = trunkline::stream::decode_entry(from);
  const auto moved = trunkline::stream::decode_entry(reply(from));
  require(copied.content.has_value() == copied.problem.empty());
  require(copied.id == moved.id && copied.problem == moved.problem);
  require(copied.content.has_value() == moved.content.has_value());
  if (copied.content) {
    require(copied.content->body == moved.content->body);
    require(copied.content->received_at_ms == moved.content->received_at_ms);
  }
  for (const auto& element : from.elements) decode_each(element);
}

void take_all(trunkline::redis::reply_reader& reader, std::string_view bytes, std::string& out) {
  reader.feed(bytes);
  for (reply next; reader.next(next);) {
    print(next, out);
    decode_each(next);
  }
}

std::string read(std::string_view first, std::string_view second) {
  trunkline::redis::reply_reader reader;
  std::string out;
  take_all(reader, first, out);
  take_all(reader, second, out);
  return out + (reader.broken() ? "broken" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cut = bytes.size() * data[0] / 255;
  require(read(bytes, {}) == read(bytes.substr(0, cut), bytes.substr(cut)));
  return 0;
}
