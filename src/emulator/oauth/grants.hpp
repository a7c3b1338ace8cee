// SPDX-License-Identifier: Apache-2.0
// What somebody who signed in has granted a client: authorization codes, which are spent once, and refresh tokens,
// which are exchanged for new ones at each use.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

struct Grant {
  std::string userId;
  std::string clientId;
  std::string scope;        // names with spaces between them
  std::string nonce = {};   // of OpenID Connect
  std::string family = {};  // all refresh tokens that stem from one sign-in
};

// Any thread. Codes live five minutes, in memory.
class AuthorizationCodes {
 public:
  explicit AuthorizationCodes(const World& world) : world_(world) {}

  std::string issue(Grant grant, std::string redirectUri, std::string challenge);

  enum class Problem : std::uint8_t { None, Unknown, Spent, WrongClient, WrongRedirect, WrongVerifier };
  struct Outcome {
    Problem problem = Problem::None;
    Grant grant = {};  // also of a spent code, whose family should be revoked
  };
  // A code is spent by the first try, whatever comes of it.
  Outcome redeem(const std::string& code, const std::string& clientId, const std::string& redirectUri,
                 const std::string& verifier);

 private:
  struct Code {
    Grant grant;
    std::string redirectUri;
    std::string challenge;
    std::int64_t expires = 0;
    bool spent = false;
  };

  const World& world_;
  std::mutex mutex_;  // guards codes_
  std::map<std::string, Code> codes_;
};

// Any thread. Only hashes are kept. A token lives 90 days from its issue.
class RefreshTokens {
 public:
  explicit RefreshTokens(const World& world);

  std::string issue(const Grant& grant);
  // Spends the token; the grant behind it. Nothing where there is no such token any more. A token that was spent before
  // is in wrong hands: then its whole family is revoked.
  std::optional<Grant> redeem(const std::string& token, const std::string& clientId);
  void revokeFamily(const std::string& family);

 private:
  const World& world_;
  std::mutex redeeming_;  // one at a time, so that no token is spent twice
  Documents tokens_;
};

}  // namespace trowel::emulator
