// SPDX-License-Identifier: Apache-2.0
#include "emulator/areas.hpp"

#include <nlohmann/json.hpp>

#include "emulator/execution/cluster_facts.hpp"
#include "emulator/identity/names.hpp"
#include "emulator/jobs/runners/child_notebook.hpp"
#include "emulator/secrets/secret_calls.hpp"
#include "emulator/secrets/secrets_api.hpp"
#include "emulator/server/faults.hpp"
#include "emulator/workspace/workspace_api.hpp"
#include "emulator/workspace/workspace_transfer_api.hpp"
#include "trowel/core/log.hpp"

namespace trowel::emulator {

Areas::Areas(World& world, const core::SecretString& token, const UserPaths& paths)
    : world_(world),
      token_(token),
      paths_(paths),
      contexts_(world.clock, world.ids, compute_.clusters(), hostCalls_, settings()),
      sql_(world, settings(), clusterStartTime(world.options)) {
  connectPermissions();
  notebooks_.setChildRun([this](const NotebookRequest& request, const core::CancelToken& cancel) {
    return runChildNotebook(request, cancel, notebooks_, jobs_.engine());
  });
  identity_.users().welcome([this](const User& user) { workspace_.makeHome(user.name); });
}

void Areas::addRoutes(Router& router) {
  identity_.addRoutes(
      router, [this](const User& user) { return permissions_.require(user, "authorization/tokens", "", "CAN_USE"); });
  permissions_.addRoutes(router);
  keyVaults_.addRoutes(router);
  addSecretRoutes(router, secrets_);
  addSecretCalls(hostCalls_, secrets_);
  addWorkspaceRoutes(router, workspace_, workspaceAccess_,
                     [this](const std::string& path) { return gitInfo(repos_, path); });
  addWorkspaceTransferRoutes(router, workspace_, workspaceAccess_);
  addDbfsRoutes(router, dbfs_);
  addFilesRoutes(router, volumes_);
  uploads_.addRoutes(router);
  addRepoRoutes(router, repos_, workspace_, workspaceAccess_);
  gitCredentials_.addRoutes(router);
  compute_.addRoutes(router, [this](const std::string& id) { contexts_.endLost(id); });
  addCommandRoutes(router, contexts_, compute_, world_.ids);
  addTaskValueCalls(hostCalls_);
  notebooks_.addCalls(hostCalls_);
  sql_.addRoutes(router, ObjectAccess(permissions_, "sql/warehouses"));
  addCatalogRoutes(router, metastore_);
  addPipelineRoutes(router, pipelines_, ObjectAccess(permissions_, "pipelines"), world_);
  addDashboardRoutes(router, dashboards_, ObjectAccess(permissions_, "dashboards"));
  addScheduleRoutes(router, dashboards_, schedules_, ObjectAccess(permissions_, "dashboards"));
  addAppRoutes(router, apps_, ObjectAccess(permissions_, "apps", "name"));
  jobs_.addRoutes(router, [this](const std::string& policy, core::Json& cluster) {
    bool own = cluster.contains("apply_policy_default_values");
    if (!own) cluster["apply_policy_default_values"] = true;
    auto violations = compute_.policies().violations(policy, cluster, "job");
    if (!own) cluster.erase("apply_policy_default_values");
    return violations;
  });
}

void Areas::begin(const std::string& host) {
  host_ = host;
  jobs_.begin({.id = std::string(kWorkspaceId), .url = host});
}

void Areas::stop() {
  repos_.stop();
  tasks_.stop();
  compute_.stop();
  jobs_.interrupt();
  sql_.stop();
  contexts_.stop();  // tasks then end at once, even those whose code does not mind an interrupt
  jobs_.stop();
}

SeedTarget Areas::seedTarget(std::function<Response(Request&)> send) {
  return {.send = std::move(send),
          .addUser =
              [this](const std::string& name, bool admin, const core::SecretString& token) {
                identity_.tokens().adopt(token, identity_.users().ensure(name, admin), "from the seed");
              },
          .addCluster =
              [this](const std::string& id, const core::Json& spec, bool running) {
                auto state = running ? ClusterState::Running : ClusterState::Terminated;
                if (!compute_.clusters().status(id)) compute_.clusters().seed(id, spec, state, world_.options.userName);
              },
          .runSql = [this](const std::string& sql) -> core::Result<void> {
            TROWEL_TRY(runSql(settings(), {.id = "", .name = world_.options.userName}, sql, {}));
            return {};
          }};
}

std::optional<EndReason> Areas::startFailure(const std::string& clusterId) {
  if (!world_.faults.happens("CLUSTER_START", clusterId)) return std::nullopt;
  return EndReason{.code = "CLOUD_PROVIDER_LAUNCH_FAILURE",
                   .type = "CLOUD_FAILURE",
                   .message = "The cloud provider could not launch the instances (a fault that was asked for)."};
}

ContextSettings Areas::settings() {
  auto settings = contextSettings(world_, paths_, [this](const User& user) { return accessOf(user); });
  settings.libraryPaths = [this](const std::string& clusterId) { return compute_.libraries().paths(clusterId); };
  settings.clusterFacts = [this](const std::string& clusterId) {
    return clusterFacts(compute_.clusters(), clusterId,
                        [this](const std::string& user, const std::string& scope, const std::string& key) {
                          return secrets_.get(identity_.users().find(user).value_or(User{}), scope, key);
                        });
  };
  return settings;
}

ApiAccess Areas::accessOf(const User& user) {
  bool first = user.name == world_.options.userName;
  return {.url = host_, .token = first ? token_.reveal() : identity_.accessTokenFor(user, host_)};
}

// The SQL engine makes the demo's tables when it first starts; who looks at the catalog should not have to run
// something before.
void Areas::fillTables() {
  if (!world_.options.demo) return;
  auto done = runSql(settings(), {.id = "", .name = world_.options.userName}, "SELECT 1", {});
  if (!done) core::logError("emulator", "The demo's tables are missing: " + core::describe(done.error()));
}

bool Areas::isInWorkspace(const std::string& path) const {
  auto canonical = canonicalPath(path);
  return canonical && workspace_.find(*canonical);
}

DashboardTree Areas::dashboardTree() {
  return {.isFolder =
              [this](const std::string& folder) {
                auto found = workspace_.find(folder);
                return found && (*found)->isFolder();
              },
          .put =
              [this](const std::string& path, const std::string& id, const std::string& content) {
                NewObject object;
                object.resourceId = id;
                object.content = content;
                object.overwrite = true;
                if (auto stored = workspace_.put(path, std::move(object)); !stored)
                  core::logError("emulator", "A dashboard does not show in the workspace: " + stored.error().message);
              },
          .remove = [this](const std::string& path) { (void)workspace_.remove(path, false); }};
}

Reply<void> Areas::checkJobCluster(const User& user, const core::Json& cluster) {
  TROWEL_TRY(requireCreation(identity_.users(), compute_.policyGrants(), user, core::stringAt(cluster, "policy_id")));
  return compute_.clusters().checkForJob(cluster);
}

TriggerSources Areas::triggerSources() {
  return {
      .files = [this](const std::string& url) { return filesBeneath(world_.folder / "root", url); },
      .tables =
          [this](const std::vector<std::string>& names) { return tableVersions(world_.folder / "tables.db", names); }};
}

TaskSources Areas::taskSources() {
  return {.root = world_.folder / "root",
          .notebook = [this](const std::string& path) { return notebookSource(workspace_, path); },
          .query = [this](const std::string& id) -> Reply<std::string> {
            auto query = TROWEL_TRY(sql_.queries().get(SavedKind::Query, id));
            return core::stringAt(query, "query_text");
          },
          .warehouse = [this](const std::string& id) { return sql_.warehouses().use(id); },
          .pipelines = {.start = [this](const std::string& id,
                                        const core::Json& request) { return pipelines_.startUpdate(id, request); },
                        .state = [this](const std::string& id, const std::string& update) -> Reply<std::string> {
                          auto found = TROWEL_TRY(pipelines_.update(id, update));
                          return core::stringAt(found, "state");
                        },
                        .stop = [this](const std::string& id) { (void)pipelines_.stop(id); }},
          .require = [this](const User& user, std::string_view type, const std::string& id,
                            std::string_view level) { return permissions_.require(user, type, id, level); },
          .cloned = [this](const std::string& folder) { (void)workspace_.markGitFolder(folder); }};
}

}  // namespace trowel::emulator
