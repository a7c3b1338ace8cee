// SPDX-License-Identifier: Apache-2.0
// A job of GitHub Actions with the permission `id-token: write`.
#include <nlohmann/json.hpp>

#include "auth/strategies/federation.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

core::Result<IdentityToken> githubIdentity(const Attempt& attempt) {
  const auto& config = attempt.config;
  TROWEL_TRY(needs(config, {Attribute::ActionsIdTokenRequestUrl, Attribute::ActionsIdTokenRequestToken}));
  auto address =
      TROWEL_TRY(parseWebAddress(config.get(Attribute::ActionsIdTokenRequestUrl), "The actions_id_token_request_url"));
  const core::SecretString bearer("Bearer " + config.get(Attribute::ActionsIdTokenRequestToken));
  return [address, bearer, outside = attempt.outside](
             const std::string& audience, const core::CancelToken& cancel) -> core::Result<core::SecretString> {
    auto full = address;
    full.target += (full.target.find('?') == std::string::npos ? '?' : '&') + encodeForm({{"audience", audience}});
    auto answer =
        TROWEL_TRY(askJson({.address = full, .authorization = bearer}, "GitHub's token service", outside, cancel));
    core::SecretString token(core::stringAt(answer, "value"));
    if (token.empty()) return core::fail(core::ErrorCode::DataLoss, "GitHub's token service answered without a token.");
    return token;
  };
}

core::Result<SignedIn> makeGithubOidc(const Attempt& attempt) {
  TROWEL_TRY(needs(attempt.config, {Attribute::Host}));
  auto identity = TROWEL_TRY(githubIdentity(attempt));
  return federate(attempt, "github-oidc", std::move(identity));
}

}  // namespace trowel::auth
