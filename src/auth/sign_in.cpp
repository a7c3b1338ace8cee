// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/sign_in.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "auth/strategies/strategy.hpp"
#include "trowel/auth/describe.hpp"
#include "trowel/core/log.hpp"

namespace trowel::auth {

namespace {

// The order of the CLI and the Go SDK; others differ, where more than one way would do.
constexpr std::array kStrategies = {
    Strategy{"pat", makePat},
    Strategy{"basic", makeBasic},
    Strategy{"oauth-m2m", makeOauthM2m},
    Strategy{"databricks-cli", makeDatabricksCli},
    Strategy{"metadata-service", makeMetadataService},
    Strategy{"github-oidc", makeGithubOidc},
    Strategy{"azure-devops-oidc", makeAzureDevopsOidc},
    Strategy{"env-oidc", makeEnvOidc},
    Strategy{"file-oidc", makeFileOidc},
    Strategy{"github-oidc-azure", makeGithubOidcAzure},
    Strategy{"azure-msi", makeAzureMsi},
    Strategy{"azure-client-secret", makeAzureClientSecret},
    Strategy{"azure-cli", makeAzureCli},
    Strategy{"vscode-microsoft", makeVscodeMicrosoft},
};

std::string supported() {
  std::string list;
  for (const auto& strategy : kStrategies) {
    if (!list.empty()) list += &strategy == &kStrategies.back() ? " and " : ", ";
    list += strategy.name;
  }
  return list;
}

// Made, and shown to have a token.
core::Result<SignedIn> attemptWith(const Strategy& strategy, const Attempt& attempt) {
  auto made = TROWEL_TRY(strategy.make(attempt));
  TROWEL_TRY(made.credentials->authorize(attempt.cancel));
  return made;
}

core::Result<SignedIn> signInChosen(const Config& config, const Outside& outside, const core::CancelToken& cancel) {
  const auto& name = config.get(Attribute::AuthType);
  const auto* strategy = std::ranges::find(kStrategies, name, &Strategy::name);
  if (strategy == kStrategies.end())
    return core::fail(core::ErrorCode::Unsupported,
                      fmt::format("auth_type '{}' ({}) is no way of signing in that Trowel knows. It knows {}.", name,
                                  config.sourceOf(Attribute::AuthType), supported()));
  auto made = attemptWith(*strategy, {.config = config, .outside = outside, .cancel = cancel, .chosen = true});
  if (!made && made.error().code == core::ErrorCode::NotConfigured)
    return core::fail(core::ErrorCode::NotConfigured,
                      fmt::format("auth_type is {} ({}), which {}. {}", name, config.sourceOf(Attribute::AuthType),
                                  made.error().message, whatIsSet(config)));
  return made;
}

}  // namespace

core::Result<SignedIn> signIn(const Config& config, const Outside& outside, const core::CancelToken& cancel) {
  if (config.has(Attribute::AuthType)) return signInChosen(config, outside, cancel);
  // What is wrong with the host is wrong for all.
  if (config.has(Attribute::Host)) TROWEL_TRY(hostOf(config));
  std::string obstacles;
  for (const auto& strategy : kStrategies) {
    auto made = attemptWith(strategy, {.config = config, .outside = outside, .cancel = cancel});
    if (made) return made;
    if (cancel.cancelled()) return std::unexpected(cancel.error("Signing in"));
    if (made.error().code == core::ErrorCode::NotConfigured) continue;
    core::logDebug("auth", fmt::format("{}: {}", strategy.name, made.error().message));
    obstacles += fmt::format(" {}: {}", strategy.name, made.error().message);
  }
  if (!config.has(Attribute::Host) && !config.has(Attribute::AzureWorkspaceResourceId))
    return core::fail(core::ErrorCode::NotConfigured,
                      "No host is configured. Set host in a profile of the configuration file, or DATABRICKS_HOST.");
  return core::fail(
      core::ErrorCode::Unauthenticated,
      fmt::format("No way of signing in to {} works.{}",
                  config.has(Attribute::Host) ? config.get(Attribute::Host) : "the workspace", obstacles));
}

}  // namespace trowel::auth
