// SPDX-License-Identifier: Apache-2.0
#include "connection/sources/azure.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "connection/sources/scoped_settings.hpp"
#include "trowel/auth/resolve.hpp"
#include "trowel/core/text.hpp"

namespace trowel::connection {

namespace {

using auth::Attribute;

constexpr const char* kWorkspaces = "databricks.azure.workspaces";
constexpr const char* kCloud = "microsoft-sovereign-cloud.environment";

bool isResourceId(std::string_view id) {
  auto lower = core::toLower(id);
  return lower.starts_with("/subscriptions/") &&
         lower.find("/providers/microsoft.databricks/workspaces/") != std::string::npos;
}

Offer toOffer(const AzureWorkspace& workspace, SyncFields fields, const std::string& source, const SourceInputs& inputs,
              const SyncFields& defaults) {
  Offer offer;
  offer.source = Source::Azure;
  offer.name = workspace.name;
  offer.id = "azure:" + core::toLower(workspace.resourceId);  // Azure does not care for case
  auth::Request request;
  request.given.set(Attribute::Host, workspace.host, source);
  request.given.set(Attribute::Cloud, "azure", source);  // the host is Azure's word, or there is none yet
  request.given.set(Attribute::WorkspaceId, workspace.workspaceId, source);
  request.given.set(Attribute::AzureWorkspaceResourceId, workspace.resourceId, source);
  request.given.set(Attribute::AzureTenantId, workspace.tenant, source);
  request.given.set(Attribute::AzureEnvironment, workspace.environment, source);
  takeConfig(offer, auth::resolve(request, {}, {}), "");
  if (!isResourceId(workspace.resourceId))
    offer.problem = fmt::format(
        "The resourceId of '{}' in {} is no id of a workspace of Azure Databricks. Copy it from the "
        "portal: /subscriptions/…/providers/Microsoft.Databricks/workspaces/…",
        workspace.name, source);
  takeSyncFields(offer, std::move(fields), defaults, inputs);
  return offer;
}

struct Listed {
  AzureWorkspace workspace;
  SyncFields fields;
  SettingScope scope = SettingScope::User;
};

// Scopes add up; of one resource the narrowest counts.
std::vector<Listed> listed(const core::Json& settings, std::string_view environment = {}) {
  std::vector<Listed> all;
  const auto tenant = ScopedSettings(settings).text("databricks.azure.tenantId");
  for (const auto& [scope, list] : ScopedSettings(settings).values(kWorkspaces)) {
    if (!list->is_array()) continue;
    for (const auto& entry : *list) {
      Listed next{.workspace = {.name = core::stringAt(entry, "displayName"),
                                .resourceId = core::stringAt(entry, "resourceId"),
                                .tenant = tenant,
                                .environment = std::string(environment)},
                  .fields = {.folder = core::stringAt(entry, "localSyncFolder"),
                             .subfolders = textsOf(core::objectAt(entry, "localSyncSubfolders")),
                             .exportFormats = textsOf(core::objectAt(entry, "exportFormats"))},
                  .scope = scope};
      auto& workspace = next.workspace;
      if (workspace.resourceId.empty()) continue;
      while (workspace.resourceId.ends_with('/')) workspace.resourceId.pop_back();
      if (workspace.name.empty()) workspace.name = workspace.resourceId.substr(workspace.resourceId.rfind('/') + 1);
      std::erase_if(all, [&](const Listed& before) {
        return core::equalsIgnoreCase(before.workspace.resourceId, workspace.resourceId);
      });
      all.push_back(std::move(next));
    }
  }
  return all;
}

}  // namespace

AzureSettings azureSettings(const core::Json& settings) {
  AzureSettings read;
  const ScopedSettings scoped(settings);
  read.tenant = scoped.text("databricks.azure.tenantId");
  for (const auto& [scope, list] : scoped.values("databricks.azure.subscriptionIds")) {
    if (!list->is_array()) continue;
    read.subscriptions.clear();  // the narrowest counts
    for (const auto& id : *list)
      if (id.is_string() && !id.get_ref<const std::string&>().empty())
        read.subscriptions.push_back(id.get<std::string>());
  }
  read.listsWorkspaces = !listed(settings).empty();
  return read;
}

core::Result<const auth::AzureCloud*> azureCloud(const core::Json& settings, const http::Environment& environment) {
  auto name = ScopedSettings(settings).text(kCloud);
  const bool inSetting = !name.empty();
  if (!inSetting) name = environment ? environment("ARM_ENVIRONMENT").value_or("") : "";
  if (name.empty()) return &auth::azureClouds().front();
  if (const auto* cloud = auth::azureCloudNamed(name)) return cloud;
  return core::fail(core::ErrorCode::InvalidParams,
                    inSetting ? fmt::format("Trowel does not know the cloud that the setting {} names. It knows "
                                            "ChinaCloud and USGovernment; without the setting it is the public one.",
                                            kCloud)
                              : "The variable ARM_ENVIRONMENT must be PUBLIC, USGOVERNMENT or CHINA.");
}

std::vector<Offer> azureOffers(const SourceInputs& inputs, const SyncFields& defaults) {
  const auto cloud = azureCloud(inputs.settings, inputs.environment);
  const bool isSovereign = cloud && (*cloud)->isSovereign();
  std::vector<Offer> offers;
  std::vector<AzureWorkspace> found = inputs.azure;
  for (auto& each : listed(inputs.settings, isSovereign ? (*cloud)->environment : "")) {
    std::erase_if(found, [&](const AzureWorkspace& other) {
      if (!core::equalsIgnoreCase(other.resourceId, each.workspace.resourceId)) return false;
      auto name = each.workspace.name;
      each.workspace = other;
      each.workspace.name = std::move(name);
      return true;
    });
    offers.push_back(toOffer(each.workspace, std::move(each.fields),
                             fmt::format("the setting {} ({})", kWorkspaces, toString(each.scope)), inputs, defaults));
  }
  for (const auto& workspace : found)
    offers.push_back(toOffer(workspace, {}, "Azure's list of workspaces", inputs, defaults));
  return offers;
}

}  // namespace trowel::connection
