// SPDX-License-Identifier: Apache-2.0
// A stand-in for Azure AD: tokens for a workspace and for Azure's management, for programs, people and machines.
#pragma once

#include <expected>
#include <string>

#include "emulator/identity/jwt.hpp"
#include "emulator/identity/users.hpp"
#include "emulator/oauth/client_secrets.hpp"
#include "emulator/server/router.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread. It knows the service principals of the workspace with their OAuth secrets, applications that are
// registered with it alone, and the users, for whom every password is right.
class AzureAd {
 public:
  AzureAd(const World& world, const Users& users, const ClientSecrets& secrets, JwtSigner& signer);

  // Adds /standins/azuread/{tenant}/oauth2/token, /oauth2/v2.0/token and /oauth2/v2.0/devicecode, as
  // login.microsoftonline.com has them, POST /standins/azuread/applications {client_id?, client_secret?} to register
  // one, /standins/imds/metadata/identity/oauth2/token, as 169.254.169.254 has it, and the workspace's own GET
  // /aad/auth, which names the tenant.
  void addRoutes(Router& router);

 private:
  struct Subject {
    std::string name;     // user name or application id
    std::string id = {};  // of a person: the SCIM id
    bool person = false;
  };

  Response token(const Call& call, bool second);
  // Whom a grant is for, or what is wrong with it.
  std::expected<Subject, Response> person(const Call& call) const;
  std::expected<Subject, Response> returning(const Call& call) const;
  std::expected<Subject, Response> program(const Call& call) const;
  std::string issueRefresh(const Subject& subject);
  Response deviceCode() const;
  Response managedIdentity(const Call& call);
  Response registerApplication(const Call& call);
  bool knowsApplication(const std::string& clientId) const;
  bool knowsSecret(const std::string& clientId, const std::string& secret) const;
  bool acceptsAssertion(const std::string& assertion, const std::string& host) const;
  std::string issue(const Subject& subject, const std::string& resource);
  Response refuse(int status, const char* error, int code, const std::string& text) const;

  const World& world_;
  const Users& users_;
  const ClientSecrets& secrets_;
  JwtSigner& signer_;
  Documents applications_;   // by client id, with the hash of the secret
  Documents refreshTokens_;  // by hash
};

// Whether a token is for Azure's management and holds at that time (epoch milliseconds).
bool isManagementToken(JwtSigner& signer, std::string_view token, std::int64_t now);

}  // namespace trowel::emulator
