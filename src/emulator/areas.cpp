// SPDX-License-Identifier: Apache-2.0
#include "emulator/areas.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "emulator/demo.hpp"
#include "emulator/identity/names.hpp"
#include "emulator/secrets/secret_calls.hpp"
#include "emulator/secrets/secrets_api.hpp"
#include "emulator/workspace/workspace_api.hpp"
#include "emulator/workspace/workspace_transfer_api.hpp"

namespace trowel::emulator {

namespace {

std::optional<std::int64_t> readId(const std::string& text) {
  std::int64_t id = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace

Areas::Areas(World& world, const core::SecretString& token, const UserPaths& paths)
    : world_(world),
      token_(token),
      contexts_(world.clock, world.ids, clusters_, hostCalls_,
                contextSettings(world, paths, [this](const User& user) { return accessOf(user); })) {
  addPermissionTypes();
  if (world.options.demo) fillDemo(workspace_, clusters_, world.options.userName);
}

void Areas::addRoutes(Router& router) {
  identity_.addRoutes(router);
  permissions_.addRoutes(router);
  keyVaults_.addRoutes(router);
  addSecretRoutes(router, secrets_);
  addSecretCalls(hostCalls_, secrets_);
  addWorkspaceRoutes(router, workspace_);
  addWorkspaceTransferRoutes(router, workspace_);
  addDbfsRoutes(router, dbfs_);
  addFilesRoutes(router, volumes_);
  uploads_.addRoutes(router);
  addClusterRoutes(router, clusters_, [this](const std::string& id) { contexts_.endCluster(id); });
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

void Areas::stop() { contexts_.stop(); }

ApiAccess Areas::accessOf(const User& user) {
  bool first = user.name == world_.options.userName;
  return {.url = host_, .token = first ? token_.reveal() : identity_.accessTokenFor(user, host_)};
}

// Tells the permissions what there is, and whose.
void Areas::addPermissionTypes() {
  permissions_.addType("clusters", [this](const std::string& id) -> std::optional<SecuredObject> {
    auto cluster = clusters_.describe(id);
    if (!cluster) return std::nullopt;
    return SecuredObject{.owner = core::stringAt(*cluster, "creator_user_name")};
  });
  permissions_.addType("jobs", [this](const std::string& id) -> std::optional<SecuredObject> {
    auto number = readId(id);
    auto job = number ? jobs_.store().find(*number) : std::nullopt;
    if (!job) return std::nullopt;
    return SecuredObject{.owner = job->creator};
  });
}

TaskSources Areas::taskSources() {
  return {.root = world_.folder / "root",
          .notebook = [this](const std::string& path) { return notebookSource(workspace_, path); }};
}

}  // namespace trowel::emulator
