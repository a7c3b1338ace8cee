// SPDX-License-Identifier: Apache-2.0
#include "emulator/standins/ci_tokens.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kLife = 600;  // seconds
constexpr std::string_view kGitHub = "/standins/github";
constexpr std::string_view kAzureDevOps = "/standins/azuredevops";

bool hasBearer(const Call& call) {
  auto header = call.request().header("authorization");
  return core::equalsIgnoreCase(header.substr(0, 7), "Bearer ") && header.size() > 7;
}

Json claimsFor(const World& world, std::string issuer, std::string subject, std::string audience) {
  const std::int64_t now = world.now() / 1000;
  return {
      {"iss", std::move(issuer)}, {"sub", std::move(subject)}, {"aud", std::move(audience)}, {"iat", now}, {"nbf", now},
      {"exp", now + kLife},       {"jti", core::randomHex(16)}};
}

}  // namespace

bool isBuildToken(const Json& claims, std::string_view host) {
  const std::string issuer = core::stringAt(claims, "iss");
  return issuer == std::string(host) + std::string(kGitHub) ||
         issuer.starts_with(std::string(host) + std::string(kAzureDevOps) + "/");
}

void addCiTokenRoutes(Router& router, const World& world, JwtSigner& signer) {
  router.add("GET", std::string(kGitHub) + "/token", [&world, &signer](const Call& call) -> Reply<Response> {
    if (!hasBearer(call)) {
      Response response = jsonResponse({{"message", "The token of the request is missing."}});
      response.status = 401;
      return response;
    }
    Json claims =
        claimsFor(world, call.host() + std::string(kGitHub), call.text("sub", "repo:acme/widgets:ref:refs/heads/main"),
                  call.text("audience", "https://github.com/acme"));
    claims.update({{"repository", "acme/widgets"}, {"repository_owner", "acme"}, {"ref", "refs/heads/main"}});
    return jsonResponse({{"value", signer.sign(claims)}});
  });
  const std::string job =
      std::string(kAzureDevOps) +
      "/{organization}/{project}/_apis/distributedtask/hubs/{hub}/plans/{plan}/jobs/{job}/oidctoken";
  router.add("POST", job, [&world, &signer](const Call& call) -> Reply<Response> {
    if (!hasBearer(call)) {
      Response response = jsonResponse({{"message", "TF400813: The user is not authorized to access this resource."}});
      response.status = 401;
      return response;
    }
    const std::string& organization = call.path("organization");
    Json claims =
        claimsFor(world, call.host() + std::string(kAzureDevOps) + "/" + core::toValidUtf8(organization),
                  call.text("sub", "p://" + core::toValidUtf8(organization + "/" + call.path("project")) + "/build"),
                  std::string(kAzureExchange));
    return jsonResponse({{"oidcToken", signer.sign(claims)}});
  });
}

}  // namespace trowel::emulator
