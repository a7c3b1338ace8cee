// SPDX-License-Identifier: Apache-2.0
// The workspace's own OAuth: discovery, a page to sign in, and the token endpoint.
#pragma once

#include "emulator/identity/jwt.hpp"
#include "emulator/identity/personal_tokens.hpp"
#include "emulator/identity/users.hpp"
#include "emulator/oauth/client_secrets.hpp"
#include "emulator/oauth/grants.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

inline constexpr std::string_view kPublicClient = "databricks-cli";  // the client of people's own programs

// Any thread. Errors of its endpoints have OAuth's shape.
class OAuth {
 public:
  OAuth(const World& world, const Users& users, const PersonalTokens& tokens, JwtSigner& signer);

  // Adds /.well-known/databricks-config and everything beneath /oidc.
  void addRoutes(Router& router);
  // A token for code that runs for somebody who is signed in already.
  std::string accessTokenFor(const User& user, const std::string& host);
  ClientSecrets& clientSecrets() { return clientSecrets_; }

 private:
  void addDiscoveryRoutes(Router& router);
  void addSignInRoutes(Router& router, const std::string& base);

  // Of the page to sign in: what is asked for, by whom.
  struct Wish;
  Reply<Wish> readWish(const Call& call) const;
  Response signInPage(const Wish& wish, const std::string& action) const;
  Response allow(const Wish& wish, const User& user, const std::string& issuer);
  Reply<Response> signIn(const Call& call, const std::string& base);

  // The grants of the token endpoint.
  Reply<Response> token(const Call& call, const std::string& issuer);
  Reply<Response> clientCredentials(const Call& call, const std::string& issuer);
  Reply<Response> authorizationCode(const Call& call, const std::string& issuer);
  Reply<Response> refresh(const Call& call, const std::string& issuer);
  Reply<Response> exchange(const Call& call, const std::string& issuer);
  struct Subject {
    User user;
    std::vector<std::string> scopes = {};  // that its token has; none: all
  };
  Reply<Subject> subjectOf(const Call& call, const std::string& token) const;
  Reply<Subject> personalSubject(const std::string& token) const;
  Reply<User> activeUser(const std::string& id) const;
  std::string accessToken(const User& user, const Grant& grant, const std::string& issuer);
  Response issue(const User& user, const Grant& grant, const std::string& issuer);

  const World& world_;
  const Users& users_;
  const PersonalTokens& tokens_;
  JwtSigner& signer_;
  ClientSecrets clientSecrets_;
  AuthorizationCodes codes_;
  RefreshTokens refreshTokens_;
};

}  // namespace trowel::emulator
