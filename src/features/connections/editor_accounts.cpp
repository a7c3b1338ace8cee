// SPDX-License-Identifier: Apache-2.0
#include "editor_accounts.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::features {

using core::CancelToken;
using core::Result;
using core::SecretString;

namespace {

constexpr auto kSecretTimeout = std::chrono::seconds(10);
constexpr auto kSignInTimeout = std::chrono::minutes(5);  // for a person in a browser

// An editor that does not know the request has no secret storage for us.
core::Error orUnsupported(core::Error error) {
  if (error.code == core::ErrorCode::MethodNotFound) {
    error.code = core::ErrorCode::Unsupported;
    error.message = "This editor has no secret storage.";
  }
  return error;
}

// The editor has one account provider for all sovereign clouds, which goes by a setting and is not there without it.
Result<void> checkCloud(const Session& session, const auth::AzureCloud& wanted) {
  if (!wanted.isSovereign()) return {};
  const auto settings = session.scopedSettings(session.projects().front());
  const auto set = connection::azureCloud(settings, {});
  if (set && *set == &wanted) return {};
  return core::fail(
      core::ErrorCode::Unauthenticated,
      fmt::format("The editor signs in to this cloud of Azure only where its setting "
                  "microsoft-sovereign-cloud.environment is {}. Set that, then sign in with 'Trowel: Sign In…'.",
                  wanted.editorName));
}

}  // namespace

connection::EditorSecrets editorSecrets(protocol::Client& editor) {
  connection::EditorSecrets secrets;
  secrets.get = [&editor](const std::string& key, const CancelToken& cancel) -> Result<std::optional<SecretString>> {
    auto secret = editor.uiSecretGet({key}, cancel, kSecretTimeout);
    if (!secret) return std::unexpected(orUnsupported(std::move(secret).error()));
    if (!secret->value || secret->value->empty()) return std::nullopt;
    return SecretString(*std::move(secret->value));
  };
  secrets.set = [&editor](const std::string& key, const SecretString& secret,
                          const CancelToken& cancel) -> Result<void> {
    auto stored = editor.uiSecretStore({key, secret.reveal()}, cancel, kSecretTimeout);
    if (!stored) return std::unexpected(orUnsupported(std::move(stored).error()));
    return {};
  };
  secrets.remove = [&editor](const std::string& key, const CancelToken& cancel) -> Result<void> {
    auto removed = editor.uiSecretDelete({key}, cancel, kSecretTimeout);
    if (!removed) return std::unexpected(orUnsupported(std::move(removed).error()));
    return {};
  };
  return secrets;
}

Result<auth::AccessToken> microsoftToken(Session& session, const auth::MicrosoftScope& wanted,
                                         const CancelToken& cancel) {
  TROWEL_TRY(checkCloud(session, wanted.cloud));
  protocol::MicrosoftSessionParams params;
  params.scopes = {wanted.scope};
  if (!wanted.tenant.empty()) params.tenant = wanted.tenant;
  if (wanted.cloud.isSovereign()) params.sovereign = true;
  params.ask = wanted.mayAsk && session.userWaits();
  auto asked = session.editor().uiMicrosoftSession(params, cancel, kSignInTimeout);
  // The user closed the prompt, or the editor's provider has failed.
  if (!asked && asked.error().code == core::ErrorCode::Internal)
    return core::fail(core::ErrorCode::Unauthenticated,
                      "The editor has not signed in to a Microsoft account: " + core::redact(asked.error().message) +
                          " Try again with 'Trowel: Sign In…'.");
  auto answer = TROWEL_TRY(std::move(asked));
  if (!answer.token)
    return core::fail(core::ErrorCode::Unauthenticated,
                      "The editor has no Microsoft account that may be used here. Sign in with 'Trowel: Sign In…'.");
  return auth::accessTokenOf(SecretString(*std::move(answer.token)));
}

}  // namespace trowel::features
