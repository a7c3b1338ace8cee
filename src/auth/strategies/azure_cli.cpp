// SPDX-License-Identifier: Apache-2.0
// Whoever is signed in with the Azure CLI. It is another program, slow and at times silent: it gets a time limit, its
// output a size, and it ends with all its children.
#include "auth/strategies/azure_cli.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "auth/strategies/azure.hpp"
#include "auth/timestamps.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/run.hpp"

namespace trowel::auth {

namespace {

constexpr core::Duration kProgramTime = std::chrono::seconds(60);

core::Result<os::RunOutput> runAz(std::vector<std::string> arguments, const core::CancelToken& cancel) {
  arguments.insert(arguments.begin(), "az");
  auto done = os::run({.argv = std::move(arguments), .timeout = kProgramTime}, cancel);
  if (!done && done.error().code == core::ErrorCode::NotFound)
    return core::fail(core::ErrorCode::NotFound,
                      "The Azure CLI (az) is not installed, or not in PATH. Install it and run: az login");
  return done;
}

// Such an account belongs to one tenant, and az refuses to be told which.
bool isManagedIdentity(const core::CancelToken& cancel) {
  auto shown = runAz({"account", "show", "--output", "json"}, cancel);
  auto account = shown ? core::parseJson(shown->out) : std::unexpected(shown.error());
  if (!account) return false;
  const auto name = core::stringAt(core::objectAt(*account, "user"), "name");
  return name == "systemAssignedIdentity" || name == "userAssignedIdentity";
}

core::Result<AccessToken> askAz(const std::string& resource, const std::string& subscription, std::string tenant,
                                const core::CancelToken& cancel) {
  if (!tenant.empty() && isManagedIdentity(cancel)) tenant.clear();
  std::optional<core::Error> first;
  for (auto& question : azureCliQuestions(resource, subscription, tenant)) {
    auto done = TROWEL_TRY(runAz(std::move(question), cancel));
    if (done.status.ok()) {
      auto token = readAzureCliToken(done.out);
      core::wipe(done.out);
      return token;
    }
    if (!first) first = azureCliFailure(done.err, tenant);
  }
  return std::unexpected(*std::move(first));
}

}  // namespace

std::vector<std::vector<std::string>> azureCliQuestions(const std::string& resource, const std::string& subscription,
                                                        const std::string& tenant) {
  const std::vector<std::string> base{"account", "get-access-token", "--resource", resource, "--output", "json"};
  std::vector<std::vector<std::string>> questions;
  auto add = [&](const char* option, const std::string& value) {
    if (value.empty()) return;
    questions.push_back(base);
    questions.back().insert(questions.back().end(), {option, value});
  };
  add("--subscription", subscription);
  add("--tenant", tenant);
  if (questions.empty()) questions.push_back(base);
  return questions;
}

std::string subscriptionOf(std::string_view resourceId) {
  auto parts = core::split(resourceId, '/');
  return parts.size() > 2 && parts[0].empty() && core::equalsIgnoreCase(parts[1], "subscriptions")
             ? std::string(parts[2])
             : std::string();
}

core::Result<AccessToken> readAzureCliToken(std::string_view output) {
  auto answer = core::parseJson(output);
  AccessToken token;
  if (answer) token.value = core::SecretString(core::stringAt(*answer, "accessToken"));
  if (token.value.empty())
    return core::fail(core::ErrorCode::DataLoss, "The Azure CLI answered without a token. Update it, or run: az login");
  token.type = core::stringAt(*answer, "tokenType", "Bearer");
  if (auto on = core::intAt(*answer, "expires_on"); on > 0) {
    token.expiry = fromEpoch(on);
    return token;
  }
  auto local = parseLocalTime(core::stringAt(*answer, "expiresOn"));
  if (!local)
    return core::fail(core::ErrorCode::DataLoss,
                      "The Azure CLI did not say when its token ends. Update it with: az upgrade");
  token.expiry = *local;
  return token;
}

core::Error azureCliFailure(std::string_view errorOutput, const std::string& tenant) {
  auto has = [&](std::string_view text) { return errorOutput.find(text) != std::string_view::npos; };
  if (has("az login") || has("No subscription found") || has("AADSTS700082") || has("AADSTS50173"))
    return core::fail(core::ErrorCode::Unauthenticated,
                      "The Azure CLI is not signed in. Run: az login" + (tenant.empty() ? "" : " --tenant " + tenant))
        .error();
  constexpr std::size_t kEnough = 300;
  auto words = core::trim(errorOutput);
  if (words.starts_with("ERROR:")) words = core::trim(words.substr(6));
  return core::fail(
             core::ErrorCode::Unauthenticated,
             fmt::format("The Azure CLI gave no token: {}", core::redact(core::toValidUtf8(words.substr(0, kEnough)))))
      .error();
}

core::Result<SignedIn> makeAzureCli(const Attempt& attempt) {
  const auto& config = attempt.config;
  if (!config.has(Attribute::Host)) TROWEL_TRY(needs(config, {Attribute::AzureWorkspaceResourceId}));
  if (!attempt.chosen && !isAzure(config)) return notConfigured("needs a host of Azure");
  TROWEL_TRY(mayGetAzureToken(attempt));
  auto place = TROWEL_TRY(azurePlaceOf(config, attempt.outside));
  // Without a tenant, az takes the one it is signed in to.
  auto tenant = azureTenantOf(config, attempt.outside, attempt.cancel);
  if (!tenant && tenant.error().code == core::ErrorCode::InvalidParams)
    return std::unexpected(std::move(tenant.error()));
  auto tokenFor = [tenant = tenant.value_or(""),
                   subscription = subscriptionOf(config.get(Attribute::AzureWorkspaceResourceId))](
                      const std::string& resource, const Fetch& fetch) {
    return askAz(resource, subscription, tenant, fetch.cancel);
  };
  return azureSignIn(attempt, "azure-cli", Attribute::AuthType, place, std::move(tokenFor), ManagementToken::Optional);
}

}  // namespace trowel::auth
