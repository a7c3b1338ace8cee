// SPDX-License-Identifier: Apache-2.0
#include "emulator/oauth/grants.hpp"

#include <openssl/sha.h>

#include <nlohmann/json.hpp>

#include "emulator/identity/jwt.hpp"
#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kCodeLife = 5LL * 60 * 1000;                // milliseconds
constexpr std::int64_t kRefreshLife = 90LL * 24 * 60 * 60 * 1000;  // milliseconds

// RFC 7636, method S256.
std::string challengeOf(const std::string& verifier) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest);
  return toBase64Url({reinterpret_cast<const char*>(digest), sizeof digest});
}

}  // namespace

std::string AuthorizationCodes::issue(Grant grant, std::string redirectUri, std::string challenge) {
  std::lock_guard lock(mutex_);
  std::erase_if(codes_, [&](const auto& one) { return one.second.expires <= world_.now(); });
  if (grant.family.empty()) grant.family = core::randomHex(8);
  std::string code = "dcod" + core::randomHex(16);
  codes_[code] = {std::move(grant), std::move(redirectUri), std::move(challenge), world_.now() + kCodeLife};
  return code;
}

AuthorizationCodes::Outcome AuthorizationCodes::redeem(const std::string& code, const std::string& clientId,
                                                       const std::string& redirectUri, const std::string& verifier) {
  std::lock_guard lock(mutex_);
  auto found = codes_.find(code);
  if (found == codes_.end() || found->second.expires <= world_.now()) return {.problem = Problem::Unknown};
  Code& known = found->second;
  if (known.spent) return {.problem = Problem::Spent, .grant = known.grant};
  known.spent = true;
  Problem problem = Problem::None;
  if (known.grant.clientId != clientId)
    problem = Problem::WrongClient;
  else if (known.redirectUri != redirectUri)
    problem = Problem::WrongRedirect;
  else if (challengeOf(verifier) != known.challenge)
    problem = Problem::WrongVerifier;
  return {.problem = problem, .grant = known.grant};
}

RefreshTokens::RefreshTokens(const World& world) : world_(world), tokens_(world.state, "refresh_token") {}

std::string RefreshTokens::issue(const Grant& grant) {
  std::string token = "doau" + core::randomHex(32);
  tokens_.put(core::sha256(token), {{"user", grant.userId},
                                    {"client", grant.clientId},
                                    {"scope", grant.scope},
                                    {"family", grant.family},
                                    {"expires", world_.now() + kRefreshLife}});
  return token;
}

std::optional<Grant> RefreshTokens::redeem(const std::string& token, const std::string& clientId) {
  std::lock_guard lock(redeeming_);
  const std::string key = core::sha256(token);
  auto known = tokens_.find(key);
  if (!known || core::stringAt(*known, "client") != clientId) return std::nullopt;
  const std::string family = core::stringAt(*known, "family");
  if (core::boolAt(*known, "spent")) {
    revokeFamily(family);
    return std::nullopt;
  }
  if (core::intAt(*known, "expires") <= world_.now()) return std::nullopt;
  (*known)["spent"] = true;
  tokens_.put(key, *known);
  return Grant{.userId = core::stringAt(*known, "user"),
               .clientId = clientId,
               .scope = core::stringAt(*known, "scope"),
               .family = family};
}

void RefreshTokens::revokeFamily(const std::string& family) {
  for (const auto& [key, token] : tokens_.all())
    if (core::stringAt(token, "family") == family) tokens_.remove(key);
}

}  // namespace trowel::emulator
