// SPDX-License-Identifier: Apache-2.0
// The first byte says where the rest is cut in two: replies must come out the same as from one
// piece, and nothing that a server may send can do harm.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/redis/reply.hpp"

namespace {

using trunkline::redis::reply;

void print(const reply& from, std::string& out) {
  out += static_cast<char>('0' + static_cast<int>(from.type));
  out += std::to_string(from.integer) + ':' + std::to_string(from.text.size()) + from.text + '[';
  for (const auto& element : from.elements) print(element, out);
  out += ']';
}

void take_all(trunkline::redis::reply_reader& reader, std::string_view bytes, std::string& out) {
  reader.feed(bytes);
  for (reply next; reader.next(next);) print(next, out);
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
  if (read(bytes, {}) != read(bytes.substr(0, cut), bytes.substr(cut))) std::abort();
  return 0;
}
