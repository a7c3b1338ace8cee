// SPDX-License-Identifier: Apache-2.0
// The documents by which clients find out how to sign in.
#include <nlohmann/json.hpp>

#include "emulator/identity/names.hpp"
#include "emulator/oauth/oauth.hpp"
#include "emulator/oauth/scopes.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Json metadata(const std::string& issuer, const std::string& host) {
  return {{"issuer", issuer},
          {"authorization_endpoint", issuer + "/v1/authorize"},
          {"token_endpoint", issuer + "/v1/token"},
          {"jwks_uri", host + "/oidc/jwks.json"},
          {"scopes_supported", supportedScopes()},
          {"response_types_supported", {"code"}},
          {"response_modes_supported", {"query"}},
          {"grant_types_supported",
           {"client_credentials", "authorization_code", "refresh_token",
            "urn:ietf:params:oauth:grant-type:token-exchange"}},
          {"code_challenge_methods_supported", {"S256"}},
          {"token_endpoint_auth_methods_supported", {"client_secret_basic", "client_secret_post", "none"}},
          {"id_token_signing_alg_values_supported", {"RS256"}},
          {"subject_types_supported", {"public"}}};
}

}  // namespace

void OAuth::addDiscoveryRoutes(Router& router) {
  router.add("GET", "/.well-known/databricks-config", [](const Call& call) -> Reply<Response> {
    return jsonResponse({{"oidc_endpoint", call.host() + "/oidc"},
                         {"account_id", kAccountId},
                         {"workspace_id", kWorkspaceId},
                         {"cloud", "AZURE"},
                         {"host_type", "WORKSPACE_HOST"},
                         {"token_federation_default_oidc_audiences", {call.host() + "/oidc/v1/token"}}});
  });
  router.add("GET", "/oidc/jwks.json", [this](const Call&) -> Reply<Response> { return jsonResponse(signer_.keys()); });
  const std::string account = "/oidc/accounts/" + std::string(kAccountId);
  for (const std::string& base : {std::string("/oidc"), account})
    for (const char* document : {"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"})
      router.add("GET", base + document, [base](const Call& call) -> Reply<Response> {
        return jsonResponse(metadata(call.host() + base, call.host()));
      });
}

}  // namespace trowel::emulator
