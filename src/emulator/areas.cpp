// SPDX-License-Identifier: Apache-2.0
#include "emulator/areas.hpp"

#include <nlohmann/json.hpp>

#include "emulator/demo.hpp"
#include "emulator/identity/names.hpp"
#include "emulator/server/faults.hpp"
#include "emulator/workspace/workspace_api.hpp"
#include "emulator/workspace/workspace_transfer_api.hpp"

namespace trowel::emulator {

Areas::Areas(World& world, const core::SecretString& token, const UserPaths& paths)
    : world_(world),
      token_(token),
      contexts_(world.clock, world.ids, compute_.clusters(), hostCalls_, contextSettingsOf(paths)) {
  if (world.options.demo) fillDemo(workspace_, compute_.clusters(), world.options.userName);
}

void Areas::addRoutes(Router& router) {
  identity_.addRoutes(router);
  addWorkspaceRoutes(router, workspace_);
  addWorkspaceTransferRoutes(router, workspace_);
  addDbfsRoutes(router, dbfs_);
  addFilesRoutes(router, volumes_);
  uploads_.addRoutes(router);
  compute_.addRoutes(router, [this](const std::string& id) { contexts_.endLost(id); });
  addCommandRoutes(router, contexts_, world_.ids);
  addTaskValueCalls(hostCalls_);
  notebooks_.addCalls(hostCalls_);
  addCatalogRoutes(router, metastore_);
  jobs_.addRoutes(router, [](const std::string&, const core::Json&) { return core::Json::object(); });
}

void Areas::begin(const std::string& host) {
  host_ = host;
  jobs_.begin({.id = std::string(kWorkspaceId), .url = host});
}

void Areas::stop() {
  jobs_.stop();
  compute_.stop();
  contexts_.stop();
}

std::optional<EndReason> Areas::startFailure(const std::string& clusterId) {
  if (!world_.faults.happens("CLUSTER_START", clusterId)) return std::nullopt;
  return EndReason{.code = "CLOUD_PROVIDER_LAUNCH_FAILURE",
                   .type = "CLOUD_FAILURE",
                   .message = "A cloud provider error was encountered while launching worker nodes."};
}

ContextSettings Areas::contextSettingsOf(const UserPaths& paths) {
  auto settings = contextSettings(world_, paths);
  settings.access = [this](const User& user) { return accessOf(user); };
  settings.libraries = [this](const std::string& clusterId) { return compute_.libraries().paths(clusterId); };
  return settings;
}

ApiAccess Areas::accessOf(const User& user) const {
  return {.url = host_, .token = user.name == world_.options.userName ? token_.reveal() : ""};
}

TaskSources Areas::taskSources() {
  return {.root = world_.folder / "root",
          .notebook = [this](const std::string& path) { return notebookSource(workspace_, path); }};
}

}  // namespace trowel::emulator
