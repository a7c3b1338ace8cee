// SPDX-License-Identifier: Apache-2.0
// Everything about who may use the workspace, in one place: principals, their tokens, and the endpoints for both.
#pragma once

#include <functional>

#include "emulator/identity/admin_objects.hpp"
#include "emulator/identity/authenticator.hpp"
#include "emulator/identity/jwt.hpp"
#include "emulator/identity/personal_tokens.hpp"
#include "emulator/identity/users.hpp"
#include "emulator/identity/workspace_settings.hpp"
#include "emulator/oauth/oauth.hpp"
#include "emulator/server/router.hpp"
#include "emulator/standins/azure_ad.hpp"

namespace trowel::emulator {

// The token of the workspace's first user: random, and the same for as long as a data folder lives, where it stands in
// the file `token` of mode 0600. `folder` empty: random for every call. PermissionDenied where the file cannot be read
// or written.
core::Result<core::SecretString> startToken(const std::filesystem::path& folder);

// Any thread.
class Identity {
 public:
  // The first user, an administrator, is Options::userName.
  Identity(const World& world, const core::SecretString& firstToken);

  // `mayUseTokens`: an error for whom the workspace gives no personal tokens.
  void addRoutes(Router& router, std::function<Reply<void>(const User&)> mayUseTokens);

  Reply<User> authenticate(const Request& request, const std::string& requestId) const {
    return authenticator_.authenticate(request, requestId);
  }
  // For code that runs for `user`: good for Options::accessTokenLifetime.
  std::string accessTokenFor(const User& user, const std::string& host) { return oauth_.accessTokenFor(user, host); }
  const Users& users() const { return users_; }
  Users& users() { return users_; }
  PersonalTokens& tokens() { return tokens_; }
  ClientSecrets& clientSecrets() { return oauth_.clientSecrets(); }

 private:
  const World& world_;
  Users users_;
  PersonalTokens tokens_;
  JwtSigner signer_;
  Authenticator authenticator_;
  OAuth oauth_;
  AzureAd azureAd_;
  WorkspaceSettings settings_;
  AdminObjects adminObjects_;
};

}  // namespace trowel::emulator
