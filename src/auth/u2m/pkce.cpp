// SPDX-License-Identifier: Apache-2.0
#include "auth/u2m/pkce.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <cstdlib>

#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

std::string toBase64Url(std::string_view bytes) {
  auto text = core::toBase64(bytes);
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string randomText(std::size_t bytes) {
  std::string random(bytes, '\0');
  // Without randomness there is nothing that would be safe to do.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) != 1) std::abort();
  return toBase64Url(random);
}

}  // namespace

Pkce makePkce() {
  auto verifier = randomText(64);
  auto challenge = challengeOf(verifier);
  return {.verifier = std::move(verifier), .challenge = std::move(challenge)};
}

std::string challengeOf(std::string_view verifier) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest.data());
  return toBase64Url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string makeState() { return randomText(16); }

bool sameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace trowel::auth
