// SPDX-License-Identifier: Apache-2.0
// Finds out who calls: by a personal access token, an OAuth token of the workspace, or one of Azure AD.
#pragma once

#include <string>

#include "emulator/identity/jwt.hpp"
#include "emulator/identity/personal_tokens.hpp"
#include "emulator/identity/users.hpp"
#include "emulator/server/http_message.hpp"

namespace trowel::emulator {

// Whether a call that was let in came with a token that Azure AD gave to a person, not to a program.
bool calledByAzureUser(const Request& request);

// Any thread.
class Authenticator {
 public:
  Authenticator(const World& world, Users& users, const PersonalTokens& tokens, JwtSigner& signer)
      : world_(world), users_(users), tokens_(tokens), signer_(signer) {}

  // The caller by the Authorization header, or the service's error for what is wrong with it: 401 without a usable
  // credential or with an expired OAuth token, 403 with an invalid one or one without the scope for the path.
  // A service principal that Azure knows and the workspace does not is let in as an administrator where a management
  // token and the workspace's resource id come along.
  Reply<User> authenticate(const Request& request, const std::string& requestId) const;

 private:
  Reply<User> byPersonalToken(const Request& request, const std::string& token, const std::string& suffix) const;
  Reply<User> byJwt(const Request& request, const std::string& token, const std::string& suffix) const;
  Reply<User> byAzure(const Request& request, const core::Json& claims, const std::string& suffix) const;
  Reply<User> active(std::optional<User> user, const std::string& suffix) const;

  const World& world_;
  Users& users_;
  const PersonalTokens& tokens_;
  JwtSigner& signer_;
};

}  // namespace trowel::emulator
