// SPDX-License-Identifier: Apache-2.0
#include "common/signature/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "common/signature/signature.hpp"
#include "common/text/encoding.hpp"

namespace trunkline::signature {
namespace {

// Block size of SHA-256 in bytes.
constexpr std::size_t block_size = 64;

struct free_context {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using context = std::unique_ptr<EVP_MD_CTX, free_context>;

// Fails only if memory is exhausted, which no caller could handle.
void require(int result) {
  if (result != 1) throw std::runtime_error("SHA-256 failed in OpenSSL");
}

context new_context() {
  context made(EVP_MD_CTX_new());
  require(made != nullptr);
  return made;
}

// Fetched once, because OpenSSL would look up EVP_sha256() at each start of a hash.
EVP_MD* fetched_sha256() {
  static EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(found != nullptr);
  return found;
}

context padded(const std::array<unsigned char, block_size>& key, unsigned char pad) {
  std::array<unsigned char, block_size> block = key;
  for (unsigned char& byte : block) byte = static_cast<unsigned char>(byte ^ pad);
  context state = new_context();
  require(EVP_DigestInit_ex(state.get(), fetched_sha256(), nullptr));
  require(EVP_DigestUpdate(state.get(), block.data(), block.size()));
  OPENSSL_cleanse(block.data(), block.size());
  return state;
}

}  // namespace

struct hmac_key::states {
  context inner, outer;
};

hmac_key::hmac_key(std::string_view key) {
  std::array<unsigned char, block_size> block{};
  sha256_digest hashed{};
  if (key.size() > block_size) {
    hashed = sha256(key);
    key = as_bytes(hashed);
  }
  std::copy(key.begin(), key.end(), block.begin());
  states_ = std::make_unique<states>(states{padded(block, 0x36), padded(block, 0x5c)});
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(hashed.data(), hashed.size());
}

hmac_key::~hmac_key() = default;
hmac_key::hmac_key(hmac_key&&) noexcept = default;
hmac_key& hmac_key::operator=(hmac_key&&) noexcept = default;

mac hmac_key::sign(std::initializer_list<std::string_view> parts) const {
  // One scratch context per thread, because copying into a used context saves an allocation.
  thread_local const context scratch = new_context();
  EVP_MD_CTX* const state = scratch.get();
  mac out{};
  require(EVP_MD_CTX_copy_ex(state, states_->inner.get()));
  for (const std::string_view part : parts)
    require(EVP_DigestUpdate(state, part.data(), part.size()));
  require(EVP_DigestFinal_ex(state, out.data(), nullptr));
  require(EVP_MD_CTX_copy_ex(state, states_->outer.get()));
  require(EVP_DigestUpdate(state, out.data(), out.size()));
  require(EVP_DigestFinal_ex(state, out.data(), nullptr));
  return out;
}

bool equal(const mac& a, const mac& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  const mac made = hmac_key(key).sign({message});
  return {reinterpret_cast<const char*>(made.data()), made.size()};
}

}  // namespace trunkline::signature
