// SPDX-License-Identifier: Apache-2.0
#include "connection/sources/offer_parts.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "connection/sources/expand.hpp"
#include "connection/sources/scoped_settings.hpp"
#include "trowel/core/text.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::connection {

using auth::Attribute;

namespace {

// One folder of the name, and not one above.
std::string folderNameOf(const std::string& name) {
  auto folder = core::replaceAll(name, "/", "_");
  return folder == "." || folder == ".." ? "_" : folder;
}

}  // namespace

SyncFields defaultSyncFields(const core::Json& settings) {
  SyncFields fields;
  const ScopedSettings scoped(settings);
  auto merge = [&](const char* name, std::map<std::string, std::string>& into) {
    for (const auto& each : scoped.values(name))
      for (auto& [key, value] : textsOf(*each.value)) into[key] = value;
  };
  merge("databricks.connection.default.localSyncSubfolders", fields.subfolders);
  merge("databricks.connection.default.exportFormats", fields.exportFormats);
  return fields;
}

std::map<std::string, std::string> textsOf(const core::Json& object) {
  std::map<std::string, std::string> texts;
  if (!object.is_object()) return texts;
  for (const auto& [key, value] : object.items())
    if (value.is_string()) texts[key] = value.get<std::string>();
  return texts;
}

void takeSyncFields(Offer& offer, SyncFields fields, const SyncFields& defaults, const SourceInputs& inputs) {
  offer.localSyncSubfolders = std::move(fields.subfolders);
  offer.localSyncSubfolders.insert(defaults.subfolders.begin(), defaults.subfolders.end());
  offer.exportFormats = std::move(fields.exportFormats);
  offer.exportFormats.insert(defaults.exportFormats.begin(), defaults.exportFormats.end());
  if (fields.folder.empty()) {
    offer.localSyncFolder = fmt::format("{}/Databricks-VSCode/{}", inputs.home, folderNameOf(offer.name));
    return;
  }
  auto folder = expandPath(fields.folder, inputs.home, inputs.environment);
  if (folder)
    offer.localSyncFolder = *std::move(folder);
  else
    offer.syncFolderProblem =
        fmt::format("The localSyncFolder of '{}' cannot be used. {}", offer.name, folder.error().message);
}

void takeConfig(Offer& offer, core::Result<auth::Config> config, const std::string& noHost) {
  if (!config) {
    if (offer.problem.empty()) offer.problem = std::move(config).error().message;
    return;
  }
  offer.config = *std::move(config);
  offer.host = offer.config.get(Attribute::Host);
  auto origin = http::parseOrigin(offer.host);
  if (origin && !origin->isLoopback()) offer.cloud = auth::cloudOf(offer.host);
  if (offer.config.has(Attribute::AzureWorkspaceResourceId)) offer.cloud = auth::Cloud::Azure;
  offer.clusterId = offer.config.get(Attribute::ClusterId);
  offer.warehouseId = offer.config.get(Attribute::WarehouseId);
  offer.serverless = offer.config.has(Attribute::ServerlessComputeId);
  if (!offer.problem.empty()) return;
  if (offer.host.empty() && !offer.config.has(Attribute::AzureWorkspaceResourceId)) {
    offer.problem = noHost;
  } else if (auth::isAccountHost(offer.host)) {
    offer.problem = fmt::format("'{}' is an account console ({}), not a workspace. Use the address of a workspace.",
                                offer.name, offer.host);
  }
}

}  // namespace trowel::connection
