// SPDX-License-Identifier: Apache-2.0
// Another program on this machine that gives out tokens: an editor's extension, or another Trowel.
#include <nlohmann/json.hpp>

#include "auth/strategies/strategy.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeMetadataService(const Attempt& attempt) {
  const auto& config = attempt.config;
  TROWEL_TRY(needs(config, {Attribute::Host, Attribute::MetadataServiceUrl}));
  auto host = TROWEL_TRY(hostOf(config));
  auto address = TROWEL_TRY(parseWebAddress(config.get(Attribute::MetadataServiceUrl), "The metadata_service_url"));
  if (address.origin.host != "localhost" && address.origin.host != "127.0.0.1")
    return core::fail(core::ErrorCode::InvalidParams,
                      "The metadata_service_url must be on this machine: http://127.0.0.1 or http://localhost.");
  WebQuestion question{.address = std::move(address),
                       .headers = {{"X-Databricks-Metadata-Version", "1"}, {"X-Databricks-Host", host.text()}},
                       .timeout = std::chrono::seconds(10),
                       .once = true};
  auto fetcher = [question, outside = attempt.outside](const Fetch& fetch) -> core::Result<AccessToken> {
    constexpr const char* kWho = "The service that gives out tokens";
    // Its path is a secret of a kind; errors name the origin only.
    auto answer = TROWEL_TRY(askJson(question, kWho, outside, fetch.cancel));
    return TROWEL_TRY(readToken(answer, kWho, outside.clock.wallNow())).access;
  };
  return signedIn(attempt, "metadata-service", host, Attribute::MetadataServiceUrl,
                  tokenCredentials(std::make_shared<TokenSource>(attempt.outside.clock, std::move(fetcher))));
}

}  // namespace trowel::auth
