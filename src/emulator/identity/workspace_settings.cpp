// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/workspace_settings.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kKey = "workspace";

// The keys that the service's documentation and its Terraform provider name.
constexpr std::array kKeys{"enableIpAccessLists",
                           "enableTokensConfig",
                           "maxTokenLifetimeDays",
                           "enableProjectTypeInWorkspace",
                           "enableProjectsAllowList",
                           "projectsAllowList",
                           "projectsAllowListPermissions",
                           "enableResultsDownloading",
                           "enableDbfsFileBrowser",
                           "enableWebTerminal",
                           "enableNotebookTableClipboard",
                           "enableNotebookGitVersioning",
                           "enableExportNotebook",
                           "enableWorkspaceFilesystem",
                           "enableUploadDataUis",
                           "enableVerboseAuditLogs",
                           "enableDcs",
                           "enableHlsRuntime",
                           "enableGp3",
                           "enableJobViewAcls",
                           "enforceUserIsolation",
                           "enforceClusterViewAcls",
                           "enforceWorkspaceViewAcls",
                           "enableTableAccessControl",
                           "enableDeprecatedClusterNamedInitScripts",
                           "enableDeprecatedGlobalInitScripts",
                           "enableDatabricksAutologgingAdminConf",
                           "enableFileStoreEndpoint",
                           "mlflowModelServingEndpointCreationEnabled",
                           "mlflowModelRegistryEmailNotificationsEnabled",
                           "mlflowRunArtifactDownloadEnabled",
                           "enablePipelinesDataSample",
                           "enableWorkspaceAclsConfig",
                           "customerApprovedWSLoginExpirationTime",
                           "rStudioUserDefaultHomeBase",
                           "storeInteractiveNotebookResultsInCustomerAccount"};

// Empty takes a setting back.
bool isValue(std::string_view key, const std::string& value) {
  if (value.empty()) return true;
  if (key == "maxTokenLifetimeDays")
    return value.size() <= 4 && value.find_first_not_of("0123456789") == std::string::npos;
  bool flag = key.starts_with("enable") || key.starts_with("enforce") || key.ends_with("Enabled");
  return !flag || value == "true" || value == "false";
}

bool isKey(std::string_view key) { return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end(); }

Reply<void> adminOnly(const Call& call) {
  if (call.caller().admin) return {};
  return permissionDenied("Only workspace administrators may see and change the settings of the workspace.");
}

std::unexpected<ApiError> invalidKey(const std::string& key) {
  return refuse(400, "BAD_REQUEST", core::toValidUtf8(key) + " is an invalid config key");
}

}  // namespace

WorkspaceSettings::WorkspaceSettings(const World& world) : settings_(world.state, "workspace_conf") {}

std::string WorkspaceSettings::value(const char* key) const {
  return core::stringAt(settings_.find(std::string(kKey)).value_or(Json::object()), key);
}

std::int64_t WorkspaceSettings::number(const char* key) const {
  return core::intAt(settings_.find(std::string(kKey)).value_or(Json::object()), key);
}

void WorkspaceSettings::addRoutes(Router& router) {
  router.add("GET", "/api/2.0/workspace-conf", [this](const Call& call) -> Reply<Response> {
    auto keys = TROWEL_TRY(call.required("keys"));
    TROWEL_TRY(adminOnly(call));
    Json settings = settings_.find(std::string(kKey)).value_or(Json::object());
    Json found = Json::object();
    for (auto part : core::split(keys, ',')) {
      std::string key(core::trim(part));
      if (!isKey(key)) return invalidKey(key);
      found[key] = settings.contains(key) ? settings[key] : Json();
    }
    return jsonResponse(found);
  });
  router.add("PATCH", "/api/2.0/workspace-conf", [this](const Call& call) -> Reply<Response> {
    for (const auto& [key, value] : call.params().items()) {
      if (!isKey(key)) return invalidKey(key);
      if (!value.is_string()) return invalidParameter("The value of " + key + " must be a string.");
      if (!isValue(key, value.get<std::string>()))
        return invalidParameter(core::toValidUtf8(value.get<std::string>()) + " is no value of " + key + ".");
    }
    TROWEL_TRY(adminOnly(call));
    TROWEL_TRY(settings_.change(std::string(kKey), [&](Json& settings) -> Reply<void> {
      if (settings.is_null()) settings = Json::object();
      settings.update(call.params());
      return {};
    }));
    return Response{.status = 204, .contentType = {}};
  });
}

}  // namespace trowel::emulator
