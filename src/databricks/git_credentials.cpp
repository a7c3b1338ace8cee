// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/git_credentials.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/secret_fields.hpp"

namespace trowel::databricks {

namespace {

constexpr const char* kToken = "personal_access_token";
constexpr Call kList{Verb::Get, "/api/2.0/git-credentials", Safety::Safe, inOnePage("credentials")};
constexpr Call kGet{Verb::Get, "/api/2.0/git-credentials/{id}", Safety::Safe};
constexpr auto kCreate = Call{Verb::Post, "/api/2.0/git-credentials", Safety::Unsafe}.hiding(kToken);
constexpr auto kUpdate = Call{Verb::Patch, "/api/2.0/git-credentials/{id}", Safety::Safe}.hiding(kToken);
constexpr Call kDelete{Verb::Delete, "/api/2.0/git-credentials/{id}", Safety::Safe};

GitCredential readCredential(const core::Json& json) {
  GitCredential credential;
  credential.id = core::intAt(json, "credential_id");
  credential.provider = core::stringAt(json, "git_provider");
  credential.userName = core::stringAt(json, "git_username");
  credential.email = core::stringAt(json, "git_email");
  credential.name = core::stringAt(json, "name");
  credential.isDefault = core::boolAt(json, "is_default_for_provider");
  return credential;
}

void fill(core::Json& params, const GitCredentialWish& wish) {
  if (!wish.provider.empty()) params["git_provider"] = wish.provider;
  if (!wish.userName.empty()) params["git_username"] = wish.userName;
  if (!wish.token.empty()) params[kToken] = wish.token.reveal();
  if (!wish.email.empty()) params["git_email"] = wish.email;
  if (!wish.name.empty()) params["name"] = wish.name;
  if (wish.makeDefault) params["is_default_for_provider"] = true;
}

}  // namespace

Listing<GitCredential> GitCredentials::list(const CallOptions& options) const {
  return rest_.list(kList, {}, &readCredential, options);
}

core::Result<GitCredential> GitCredentials::get(std::int64_t id, const CallOptions& options) const {
  return readCredential(TROWEL_TRY(rest_.call(kGet, {{"id", id}}, options)));
}

core::Result<GitCredential> GitCredentials::create(const GitCredentialWish& wish, const CallOptions& options) const {
  core::Json params = core::Json::object();
  WipeOnExit wipe(params, kToken);
  fill(params, wish);
  return readCredential(TROWEL_TRY(rest_.call(kCreate, params, options)));
}

core::Result<void> GitCredentials::update(std::int64_t id, const GitCredentialWish& wish,
                                          const CallOptions& options) const {
  core::Json params = {{"id", id}};
  WipeOnExit wipe(params, kToken);
  fill(params, wish);
  TROWEL_TRY(rest_.call(kUpdate, params, options));
  return {};
}

core::Result<void> GitCredentials::remove(std::int64_t id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"id", id}}, options));
  return {};
}

}  // namespace trowel::databricks
