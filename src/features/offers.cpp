// SPDX-License-Identifier: Apache-2.0
#include "offers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/auth/azure_cloud.hpp"
#include "trowel/auth/config_file_store.hpp"
#include "trowel/core/log.hpp"

namespace trowel::features {

using core::Result;

std::vector<connection::Offer> Offers::of(const std::string& folder) const {
  auto projects = session_.projects();
  auto it = std::ranges::find(projects, folder, &Project::path);
  const auto project = it == projects.end() ? Project{} : *it;
  const auto settings = session_.scopedSettings(project);
  connection::SourceInputs inputs{.settings = settings,
                                  .configFile = auth::configFileOrProblem(configFile_, outside_.home),
                                  .environment = outside_.environment,
                                  .home = outside_.home};
  if (!project.path.empty() && session_.trusted()) inputs.project = connection::readProjectFiles(project.path);
  {
    std::lock_guard lock(mutex_);
    if (auto found = azure_.find(folder); found != azure_.end()) inputs.azure = found->second.found;
  }
  return connection::gatherOffers(inputs);
}

bool Offers::wantsAzure(const Project& project) const {
  if (!session_.trusted() || !outside_.microsoft) return false;
  const auto settings = session_.scopedSettings(project);
  const auto only = connection::azureSettings(settings);
  bool named = !only.tenant.empty() || !only.subscriptions.empty();
  return !only.listsWorkspaces && (named || connection::managerChoice(settings) == connection::ManagerChoice::Azure);
}

bool Offers::listsAzure(const Project& project) const {
  std::lock_guard lock(mutex_);
  return azure_.contains(project.path);
}

bool Offers::missesAzure(const Project& project) const { return wantsAzure(project) && !listsAzure(project); }

Result<void> Offers::discover(const Project& project, const core::CancelToken& cancel) {
  if (!wantsAzure(project)) {
    std::lock_guard lock(mutex_);
    azure_.erase(project.path);
    return {};
  }
  connection::AzureQuery query;
  query.only = connection::azureSettings(session_.scopedSettings(project));
  auto environment = outside_.environment ? outside_.environment("ARM_ENVIRONMENT") : std::nullopt;
  const auto* named = environment ? auth::azureCloudNamed(*environment) : nullptr;
  const auto& cloud = named != nullptr ? *named : auth::azureClouds().front();
  query.arm = cloud.arm;
  query.token = [&](const std::string& tenant, const core::CancelToken& token) -> Result<core::SecretString> {
    return TROWEL_TRY(outside_.microsoft(tenant, std::string(cloud.armResource) + "/.default", true, token)).value;
  };
  auto found = TROWEL_TRY(connection::findAzureWorkspaces(query, outside_.http, cancel));
  for (const auto& note : found.notes) core::logWarn("connection", note);
  std::lock_guard lock(mutex_);
  azure_[project.path] = std::move(found);
  return {};
}

std::set<std::string> Offers::files() const {
  std::set<std::string> files = {configFile_, outside_.home + "/.databricks/token-cache.json"};
  for (const auto& project : session_.projects()) {
    if (project.path.empty()) continue;
    const auto found = connection::readProjectFiles(project.path);
    for (const auto& place : found.places) files.insert(project.path + "/" + place);
  }
  return files;
}

}  // namespace trowel::features
