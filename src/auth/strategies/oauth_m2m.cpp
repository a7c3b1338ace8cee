// SPDX-License-Identifier: Apache-2.0
// A service principal with a secret of Databricks' own (OAuth's client credentials).
#include "auth/strategies/strategy.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeOauthM2m(const Attempt& attempt) {
  const auto& config = attempt.config;
  TROWEL_TRY(needs(config, {Attribute::Host, Attribute::ClientId, Attribute::ClientSecret}));
  auto host = TROWEL_TRY(hostOf(config));
  auto endpoints = TROWEL_TRY(discoverOidc(config, host, attempt.outside, attempt.cancel));
  auto scopes = core::replaceAll(config.get(Attribute::Scopes), ",", " ");
  Form form{{"grant_type", "client_credentials"}, {"scope", scopes.empty() ? "all-apis" : scopes}};
  const core::SecretString secret(config.get(Attribute::ClientSecret));
  auto fetcher = [endpoint = endpoints.token, form = std::move(form), id = config.get(Attribute::ClientId), secret,
                  outside = attempt.outside](const Fetch& fetch) -> core::Result<AccessToken> {
    auto token = TROWEL_TRY(
        requestToken(endpoint, form, std::pair(id, secret.reveal()), "The sign-in service", outside, fetch.cancel));
    return token.access;
  };
  return signedIn(attempt, "oauth-m2m", host, Attribute::ClientSecret,
                  tokenCredentials(std::make_shared<TokenSource>(attempt.outside.clock, std::move(fetcher))));
}

}  // namespace trowel::auth
