// SPDX-License-Identifier: Apache-2.0
#include "offers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/auth/azure_cloud.hpp"
#include "trowel/auth/config_file_store.hpp"
#include "trowel/core/log.hpp"

namespace trowel::features {

using core::Result;

Result<std::vector<connection::Offer>> Offers::of(const std::string& folder) const {
  auto projects = session_.projects();
  auto it = std::ranges::find(projects, folder, &Project::path);
  const auto project = it == projects.end() ? Project{} : *it;
  const auto settings = session_.scopedSettings(project);
  connection::SourceInputs inputs{.settings = settings,
                                  .configFile = TROWEL_TRY(auth::readConfigFile(configFile_, outside_.home)),
                                  .environment = outside_.environment,
                                  .home = outside_.home};
  if (!project.path.empty() && session_.trusted()) inputs.project = connection::readProjectFiles(project.path);
  {
    std::lock_guard lock(mutex_);
    if (auto found = azure_.find(folder); found != azure_.end()) inputs.azure = found->second.found;
  }
  return connection::gatherOffers(inputs);
}

void Offers::discover(const Project& project, const core::CancelToken& cancel) {
  const auto settings = session_.scopedSettings(project);
  connection::AzureQuery query;
  query.only = connection::azureSettings(settings);
  bool wanted = connection::managerChoice(settings) == connection::ManagerChoice::Azure || !query.only.tenant.empty() ||
                !query.only.subscriptions.empty();
  if (!wanted || query.only.listsWorkspaces || !outside_.microsoft) return;
  auto environment = outside_.environment ? outside_.environment("ARM_ENVIRONMENT") : std::nullopt;
  const auto* named = environment ? auth::azureCloudNamed(*environment) : nullptr;
  const auto& cloud = named != nullptr ? *named : auth::azureClouds().front();
  query.arm = cloud.arm;
  query.token = [&](const std::string& tenant, const core::CancelToken& token) -> Result<core::SecretString> {
    return TROWEL_TRY(outside_.microsoft(tenant, std::string(cloud.armResource) + "/.default", true, token)).value;
  };
  auto found = connection::findAzureWorkspaces(query, outside_.http, cancel);
  if (!found) return core::logWarn("connection", core::describe(found.error()));
  for (const auto& note : found->notes) core::logWarn("connection", note);
  std::lock_guard lock(mutex_);
  azure_[project.path] = *std::move(found);
}

std::set<std::string> Offers::files() const {
  std::set<std::string> files = {configFile_, outside_.home + "/.databricks/token-cache.json"};
  for (const auto& project : session_.projects()) {
    if (project.path.empty()) continue;
    for (const char* name : {"databricks.yml", "databricks.yaml", "bundle.yml", "bundle.yaml",
                             ".databricks/project.json", ".databricks/bundle/vscode.overrides.json"})
      files.insert(project.path + "/" + name);
    auto found = connection::readProjectFiles(project.path);
    for (const auto& file : found.bundle) files.insert(project.path + "/" + file.path);
    for (const auto& [target, file] : found.overrides) files.insert(project.path + "/" + file.path);
  }
  return files;
}

}  // namespace trowel::features
