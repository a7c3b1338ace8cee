// SPDX-License-Identifier: Apache-2.0
#include "auth/strategies/federation.hpp"

#include "trowel/auth/azure_cloud.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

std::string audienceOf(const Config& config, const http::Origin& host, const OidcEndpoints& endpoints) {
  if (config.has(Attribute::Audience)) return config.get(Attribute::Audience);
  if (!endpoints.audiences.empty()) return endpoints.audiences.front();
  if (isAccountHost(host.host)) return endpoints.accountId;
  return endpoints.token.text();
}

}  // namespace

core::Result<SignedIn> federate(const Attempt& attempt, std::string_view authType, IdentityToken identity) {
  const auto& config = attempt.config;
  auto host = TROWEL_TRY(hostOf(config));
  auto endpoints = TROWEL_TRY(discoverOidc(config, host, attempt.outside, attempt.cancel));
  auto scopes = core::replaceAll(config.get(Attribute::Scopes), ",", " ");
  Form form{{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
            {"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"},
            {"scope", scopes.empty() ? "all-apis" : scopes}};
  if (config.has(Attribute::ClientId)) form.emplace_back("client_id", config.get(Attribute::ClientId));
  auto fetcher = [endpoint = endpoints.token, audience = audienceOf(config, host, endpoints), form = std::move(form),
                  identity = std::move(identity),
                  outside = attempt.outside](const Fetch& fetch) -> core::Result<AccessToken> {
    auto subject = TROWEL_TRY(identity(audience, fetch.cancel));
    auto exchanged = form;
    exchanged.emplace_back("subject_token", subject.reveal());
    auto token =
        TROWEL_TRY(requestToken(endpoint, exchanged, std::nullopt, "The sign-in service", outside, fetch.cancel));
    return token.access;
  };
  return signedIn(attempt, authType, host, Attribute::AuthType,
                  tokenCredentials(std::make_shared<TokenSource>(attempt.outside.clock, std::move(fetcher))));
}

}  // namespace trowel::auth
