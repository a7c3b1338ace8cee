// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/repos.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

// The token goes into a parameter of the very name that it has in the answer, unlike anywhere else in the API.
constexpr Call kList{Verb::Get, "/api/2.0/repos", Safety::Safe, byToken("repos", "next_page_token")};
constexpr Call kGet{Verb::Get, "/api/2.0/repos/{id}", Safety::Safe};
// The second of two would be told that the path exists, which would hide that the first one worked.
constexpr Call kCreate{Verb::Post, "/api/2.0/repos", Safety::Unsafe};
constexpr Call kUpdate{Verb::Patch, "/api/2.0/repos/{id}", Safety::Safe};
constexpr Call kDelete{Verb::Delete, "/api/2.0/repos/{id}", Safety::Safe};

constexpr core::Duration kGitTime = std::chrono::minutes(10);

CallOptions patient(CallOptions options) {
  options.timeout = std::max(options.timeout, kGitTime);
  options.stall = std::max(options.stall, kGitTime);
  return options;
}

Repo readRepo(const core::Json& json) {
  Repo repo;
  repo.id = core::intAt(json, "id");
  repo.path = core::stringAt(json, "path");
  repo.url = core::stringAt(json, "url");
  repo.provider = core::stringAt(json, "provider");
  repo.branch = core::stringAt(json, "branch");
  repo.head = core::stringAt(json, "head_commit_id");
  repo.sparsePatterns = textsAt(core::objectAt(json, "sparse_checkout"), "patterns");
  return repo;
}

}  // namespace

Listing<Repo> Repos::list(std::string_view pathPrefix, const CallOptions& options) const {
  core::Json params = core::Json::object();
  if (!pathPrefix.empty()) params["path_prefix"] = pathPrefix;
  return rest_.list(kList, params, &readRepo, options);
}

core::Result<Repo> Repos::get(std::int64_t id, const CallOptions& options) const {
  return readRepo(TROWEL_TRY(rest_.call(kGet, {{"id", id}}, options)));
}

core::Result<Repo> Repos::create(const RepoWish& wish, const CallOptions& options) const {
  core::Json params = {{"url", wish.url}, {"provider", wish.provider}};
  if (!wish.path.empty()) params["path"] = wish.path;
  if (!wish.sparsePatterns.empty()) params["sparse_checkout"]["patterns"] = wish.sparsePatterns;
  if (wish.credentialId != 0) params["git_credential_id"] = wish.credentialId;
  return readRepo(TROWEL_TRY(rest_.call(kCreate, params, patient(options))));
}

core::Result<void> Repos::update(std::int64_t id, const RepoChange& change, const CallOptions& options) const {
  core::Json params = {{"id", id}};
  if (!change.branch.empty()) params["branch"] = change.branch;
  if (!change.tag.empty()) params["tag"] = change.tag;
  if (change.sparsePatterns) params["sparse_checkout"]["patterns"] = *change.sparsePatterns;
  if (change.credentialId != 0) params["git_credential_id"] = change.credentialId;
  if (change.discardLocalChanges) params["dangerously_force_discard_all"] = true;
  TROWEL_TRY(rest_.call(kUpdate, params, patient(options)));
  return {};
}

core::Result<void> Repos::remove(std::int64_t id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"id", id}}, options));
  return {};
}

}  // namespace trowel::databricks
