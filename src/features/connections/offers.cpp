// SPDX-License-Identifier: Apache-2.0
#include "offers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

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
    if (auto found = azure_.find(folder); found != azure_.end()) inputs.azure = found->second.workspaces;
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

Result<std::vector<std::string>> Offers::discover(const Project& project, const core::CancelToken& cancel) {
  if (!wantsAzure(project)) {
    std::lock_guard lock(mutex_);
    azure_.erase(project.path);
    return std::vector<std::string>();
  }
  const auto settings = session_.scopedSettings(project);
  const auto& cloud = *TROWEL_TRY(connection::azureCloud(settings, outside_.environment));
  {
    // What was found in another cloud is not what is wanted now.
    std::lock_guard lock(mutex_);
    if (auto before = azure_.find(project.path); before != azure_.end() && before->second.cloud != &cloud)
      azure_.erase(before);
  }
  connection::AzureQuery query{.cloud = cloud};
  query.arm = TROWEL_TRY(auth::armAddressOf(cloud, outside_.environment));
  query.only = connection::azureSettings(settings);
  query.token = [&](const std::string& tenant, const core::CancelToken& token) -> Result<core::SecretString> {
    const auth::MicrosoftScope wanted{
        .cloud = cloud, .tenant = tenant, .scope = std::string(cloud.armResource) + "/.default", .mayAsk = true};
    return TROWEL_TRY(outside_.microsoft(wanted, token)).value;
  };
  auto found = TROWEL_TRY(connection::findAzureWorkspaces(query, outside_.http, outside_.clock, cancel));
  for (const auto& note : found.notes) core::logWarn("connection", note);
  std::lock_guard lock(mutex_);
  azure_[project.path] = {.cloud = &cloud, .workspaces = std::move(found.found)};
  return std::move(found.notes);
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
