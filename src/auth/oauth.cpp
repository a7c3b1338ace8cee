// SPDX-License-Identifier: Apache-2.0
#include "auth/oauth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "auth/timestamps.hpp"
#include "trowel/auth/azure_cloud.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

constexpr std::string_view kServer = "/.well-known/oauth-authorization-server";
// A token without a lifetime: RFC 6749 leaves it open, this is what the service's own tokens have.
constexpr std::chrono::seconds kUnknownLife{3600};

// Databricks' own domains, which a host may name as the place of its accounts.
bool isServiceDomain(const http::Origin& origin) {
  constexpr std::array kSuffixes = {".databricks.com", ".azuredatabricks.net", ".databricks.azure.us",
                                    ".databricks.azure.cn"};
  return origin.scheme == "https" &&
         std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return origin.host.ends_with(suffix); });
}

core::Result<WebAddress> endpointIn(const core::Json& document, const char* field, const http::Origin& asked) {
  auto text = core::stringAt(document, field);
  auto address = TROWEL_TRY(parseWebAddress(text, fmt::format("The {} that {} names", field, asked.text())));
  if (address.origin.text() != asked.text() && !(isServiceDomain(address.origin) && isServiceDomain(asked)))
    return core::fail(core::ErrorCode::PermissionDenied,
                      fmt::format("{} sends sign-ins to another host, {}. Trowel does not follow it there.",
                                  asked.text(), address.origin.text()));
  return address;
}

WebAddress onHost(const http::Origin& host, std::string target) {
  return {.origin = host, .target = std::move(target)};
}

}  // namespace

core::Result<HostFacts> askHostFacts(const http::Origin& host, const Outside& outside,
                                     const core::CancelToken& cancel) {
  auto answer = ask(
      {.address = onHost(host, "/.well-known/databricks-config"), .timeout = std::chrono::seconds(10), .once = true},
      outside, cancel);
  if (!answer) return std::unexpected(std::move(answer.error()));
  auto facts = core::parseJson(answer->body);
  if (answer->status != 200 || !facts || !facts->is_object()) return HostFacts{};
  HostFacts found{.oidcEndpoint = core::stringAt(*facts, "oidc_endpoint"),
                  .accountId = core::stringAt(*facts, "account_id"),
                  .workspaceId = core::stringAt(*facts, "workspace_id")};
  for (const auto& one : core::arrayAt(*facts, "token_federation_default_oidc_audiences"))
    if (one.is_string()) found.audiences.push_back(one.get<std::string>());
  return found;
}

core::Result<OidcEndpoints> discoverOidc(const Config& config, const http::Origin& host, const Outside& outside,
                                         const core::CancelToken& cancel) {
  auto facts = TROWEL_TRY(askHostFacts(host, outside, cancel));
  const auto& configured = config.get(Attribute::AccountId);
  const auto account = configured.empty() ? facts.accountId : configured;
  OidcEndpoints found{.workspaceId = facts.workspaceId, .audiences = facts.audiences};
  if (isAccountHost(host.host)) {
    if (account.empty())
      return core::fail(core::ErrorCode::NotConfigured,
                        fmt::format("{} serves accounts, and none is named. Set account_id.", host.text()));
    const auto base = "/oidc/accounts/" + core::percentEncode(account);
    found.accountId = account;
    found.authorization = onHost(host, base + "/v1/authorize");
    found.token = onHost(host, base + "/v1/token");
    return found;
  }

  auto document = onHost(host, "/oidc" + std::string(kServer));
  if (config.has(Attribute::DiscoveryUrl)) {
    document = TROWEL_TRY(parseWebAddress(config.get(Attribute::DiscoveryUrl), "The discovery_url"));
  } else if (!facts.oidcEndpoint.empty()) {
    auto told = core::replaceAll(facts.oidcEndpoint, "{account_id}", core::percentEncode(account));
    if (auto place = parseWebAddress(told + std::string(kServer), "The oidc_endpoint");
        place && (place->origin.text() == host.text() || isServiceDomain(place->origin)))
      document = *std::move(place);
  }
  if (document.target.starts_with("/oidc/accounts/")) found.accountId = account;
  auto answer = askJson({.address = document}, "The sign-in service", outside, cancel);
  if (!answer && answer.error().httpStatus == 404)
    return core::fail(
        core::ErrorCode::Unsupported,
        fmt::format("{} does not know OAuth. Use a personal access token, or check the address.", host.text()));
  if (!answer) return std::unexpected(std::move(answer.error()));
  found.authorization = TROWEL_TRY(endpointIn(*answer, "authorization_endpoint", document.origin));
  found.token = TROWEL_TRY(endpointIn(*answer, "token_endpoint", document.origin));
  return found;
}

core::Result<OAuthToken> readToken(const core::Json& answer, std::string_view who, core::WallTime now) {
  OAuthToken token;
  token.access.value = core::SecretString(core::stringAt(answer, "access_token"));
  if (token.access.value.empty())
    return core::fail(core::ErrorCode::DataLoss, fmt::format("{} answered without a token.", who));
  token.access.type = core::stringAt(answer, "token_type", "Bearer");
  // How long it lives does not depend on this machine's clock being right; when it ends does.
  const auto in = core::intAt(answer, "expires_in");
  const auto on = core::intAt(answer, "expires_on");
  constexpr std::int64_t kLongest = 10LL * 365 * 24 * 3600;
  if (in > 0)
    token.access.expiry = now + std::chrono::seconds(std::min(in, kLongest));
  else if (on > 0)
    token.access.expiry = fromEpoch(on);
  else
    token.access.expiry = now + kUnknownLife;
  token.refresh = core::SecretString(core::stringAt(answer, "refresh_token"));
  return token;
}

core::Result<OAuthToken> requestToken(const WebAddress& endpoint, const Form& form,
                                      const std::optional<std::pair<std::string, std::string>>& basic,
                                      std::string_view who, const Outside& outside, const core::CancelToken& cancel) {
  WebQuestion question{
      .address = endpoint,
      .method = "POST",
      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
      .body = encodeForm(form)};
  // RFC 6749 2.3.1: both halves are form-encoded first.
  if (basic)
    question.authorization = core::SecretString(
        "Basic " + core::toBase64(core::percentEncode(basic->first) + ":" + core::percentEncode(basic->second)));
  auto answer = TROWEL_TRY(askJson(question, who, outside, cancel));
  return readToken(answer, who, outside.clock.wallNow());
}

}  // namespace trowel::auth
