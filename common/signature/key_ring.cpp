// SPDX-License-Identifier: Apache-2.0
#include <openssl/crypto.h>

#include <algorithm>

#include "common/signature/keys.hpp"

namespace trunkline::signature {
namespace {

// Minimum of a decoded key; a shorter one can be guessed or is a typing error.
constexpr std::size_t min_key_bytes = 16;
// Maximum by the specification of Standard Webhooks.
constexpr std::size_t max_whsec_bytes = 64;

// A string of secret bytes that wipes itself.
struct secret {
  std::string bytes;
  explicit secret(std::string text) : bytes(std::move(text)) {}
  ~secret() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  secret(const secret&) = delete;
  secret& operator=(const secret&) = delete;
};

void serve(prepared_key& key, scheme which, std::string_view bytes) {
  key.of_scheme[static_cast<std::size_t>(which)].emplace(bytes);
}

std::string wrong_length(std::size_t bytes, const char* allowed) {
  return "decodes to " + std::to_string(bytes) + " bytes; a key has " + allowed;
}

std::string add_standard(prepared_key& key, std::string_view base64) {
  if (base64.empty()) return "nothing follows whsec_";
  secret padded{std::string()};
  // A reallocation would leave a copy in memory.
  padded.bytes.reserve(base64.size() + 3);
  padded.bytes.append(base64);
  // Some tools copy keys without their padding.
  if (base64.find('=') == std::string_view::npos) {
    while (padded.bytes.size() % 4 != 0) padded.bytes.push_back('=');
  }
  auto decoded = base64_decode(padded.bytes);
  if (!decoded) return "the text after whsec_ is not base64";
  const secret bytes(std::move(*decoded));
  if (bytes.bytes.size() < min_key_bytes || bytes.bytes.size() > max_whsec_bytes) {
    return wrong_length(bytes.bytes.size(), "16 to 64");
  }
  serve(key, scheme::standard, bytes.bytes);
  return "";
}

std::string add_legacy(prepared_key& key, std::string_view base64) {
  if (base64.empty()) return "nothing follows legacy:";
  auto decoded = base64_decode(base64);
  if (!decoded) return "the text after legacy: is not base64";
  const secret bytes(std::move(*decoded));
  if (bytes.bytes.size() < min_key_bytes) return wrong_length(bytes.bytes.size(), "16 or more");
  serve(key, scheme::legacy, bytes.bytes);
  return "";
}

std::string add_text(prepared_key& key, std::string_view text) {
  if (text.empty()) return "is empty";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), is_control)) return "has a control character";
  serve(key, scheme::hex, text);
  return "";
}

std::string add_bare(prepared_key& key, std::string_view text) {
  std::string problem = add_text(key, text);
  if (!problem.empty()) return problem;
  if (auto decoded = base64_decode(text)) {
    const secret bytes(std::move(*decoded));
    if (bytes.bytes.size() >= min_key_bytes) serve(key, scheme::legacy, bytes.bytes);
  }
  return "";
}

std::string prepare(prepared_key& key, std::string_view text) {
  constexpr std::string_view whsec = "whsec_", legacy = "legacy:", hex = "hex:";
  if (text.starts_with(whsec)) return add_standard(key, text.substr(whsec.size()));
  if (text.starts_with(legacy)) return add_legacy(key, text.substr(legacy.size()));
  if (text.starts_with(hex)) {
    if (text.size() == hex.size()) return "nothing follows hex:";
    return add_text(key, text.substr(hex.size()));
  }
  return add_bare(key, text);
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view blanks = " \t\r\v\f";
  const std::size_t first = line.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(blanks) - first + 1);
}

}  // namespace

key_ring::key_ring() : impl_(std::make_unique<impl>()) {}
key_ring::~key_ring() = default;
key_ring::key_ring(key_ring&&) noexcept = default;
key_ring& key_ring::operator=(key_ring&&) noexcept = default;

std::string key_ring::add(std::string_view text) {
  prepared_key key;
  key.text_digest = sha256(text);
  for (const prepared_key& known : impl_->keys) {
    if (known.text_digest == key.text_digest) return "";
  }
  std::string problem = prepare(key, text);
  if (problem.empty()) impl_->keys.push_back(std::move(key));
  return problem;
}

std::size_t key_ring::size() const {
  return impl_->keys.size();
}

std::string key_ring::schemes(std::size_t index) const {
  std::string names;
  for (const scheme each : {scheme::standard, scheme::hex, scheme::legacy}) {
    if (impl_->keys.at(index).find(each) == nullptr) continue;
    if (!names.empty()) names += '+';
    names += to_string(each);
  }
  return names;
}

std::string key_ring::fingerprint(std::size_t index) const {
  return hex_encode(as_bytes(impl_->keys.at(index).text_digest).substr(0, 4));
}

bool key_ring::serves(scheme which) const {
  return std::any_of(impl_->keys.begin(), impl_->keys.end(), [which](const prepared_key& key) {
    return key.find(which) != nullptr;
  });
}

std::vector<std::string> split_keys(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<std::string> keys;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    if (!line.empty() && line.front() != '#') keys.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return keys;
}

}  // namespace trunkline::signature
