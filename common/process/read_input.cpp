// SPDX-License-Identifier: Apache-2.0
#include "common/process/read_input.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace trunkline {
namespace {

constexpr std::size_t most_bytes = 64u << 20;

input read_all(std::FILE* from, const std::string& path) {
  input out;
  std::array<char, 65536> block;
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), from)) {
    out.bytes.append(block.data(), count);
    if (out.bytes.size() > most_bytes) return {"", path + " is larger than 64 MiB"};
  }
  if (std::ferror(from)) return {"", "cannot read " + path + ": " + std::strerror(errno)};
  return out;
}

}  // namespace

input read_input(const std::string& path) {
  if (path == "-") return read_all(stdin, "standard input");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "rb"), &std::fclose
  );
  if (!file) return {"", "cannot read " + path + ": " + std::strerror(errno)};
  return read_all(file.get(), path);
}

}  // namespace trunkline
