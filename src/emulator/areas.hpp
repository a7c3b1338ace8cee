// SPDX-License-Identifier: Apache-2.0
// All areas of the workspace and who stands on whom.
#pragma once

#include "emulator/apps/app_api.hpp"
#include "emulator/catalog/catalog_api.hpp"
#include "emulator/compute/compute.hpp"
#include "emulator/dashboards/dashboard_api.hpp"
#include "emulator/execution/command_api.hpp"
#include "emulator/execution/host_calls.hpp"
#include "emulator/execution/notebook_runner.hpp"
#include "emulator/execution/preparation.hpp"
#include "emulator/execution/user_paths.hpp"
#include "emulator/files/dbfs_api.hpp"
#include "emulator/files/files_api.hpp"
#include "emulator/files/upload_api.hpp"
#include "emulator/identity/identity.hpp"
#include "emulator/jobs/jobs.hpp"
#include "emulator/jobs/runners/workspace_task_runner.hpp"
#include "emulator/permissions/job_permissions.hpp"
#include "emulator/permissions/permissions.hpp"
#include "emulator/pipelines/pipeline_api.hpp"
#include "emulator/repos/git_credentials.hpp"
#include "emulator/repos/repos_api.hpp"
#include "emulator/secrets/key_vaults.hpp"
#include "emulator/secrets/secrets.hpp"
#include "emulator/seed.hpp"
#include "emulator/server/router.hpp"
#include "emulator/sql/sql_api.hpp"
#include "emulator/workspace/workspace_access.hpp"
#include "emulator/workspace/workspace_store.hpp"
#include "emulator/world.hpp"
#include "trowel/core/secret.hpp"

namespace trowel::emulator {

class Areas {
 public:
  // `world` outlives the areas. `token` is the administrator's.
  Areas(World& world, const core::SecretString& token, const UserPaths& paths);

  void addRoutes(Router& router);
  // Once `host` (http://127.0.0.1:PORT) is known: what acts by itself begins.
  void begin(const std::string& host);
  // Ends all that runs. No area starts anything afterwards.
  void stop();

  Identity& identity() { return identity_; }
  // `send` lets the administrator ask.
  SeedTarget seedTarget(std::function<Response(Request&)> send);

 private:
  ApiAccess accessOf(const User& user);
  ContextSettings settings();
  // In areas_permissions.cpp.
  void connectPermissions();
  std::optional<SecuredObject> securedPlace(const std::string& id, ObjectType type) const;
  bool grantsPlace(const User& user, const WorkspaceObject& object, WorkspaceRight right) const;
  void inheritFrom(std::string path, SecuredObject& secured) const;
  TaskSources taskSources();
  TriggerSources triggerSources();
  Reply<void> checkJobCluster(const User& user, const core::Json& cluster);
  std::optional<EndReason> startFailure(const std::string& clusterId);
  void fillTables();
  bool isInWorkspace(const std::string& path) const;
  DashboardTree dashboardTree();

  World& world_;
  const core::SecretString& token_;
  const UserPaths& paths_;
  std::string host_;

  // Each after those that it stands on.
  Identity identity_{world_, token_};
  Permissions permissions_{world_, identity_.users()};
  KeyVaults keyVaults_{world_};
  Secrets secrets_{world_, identity_.users(), keyVaults_};
  Trees trees_{world_};
  Dbfs dbfs_{world_, trees_};
  Volumes volumes_{trees_.volumes};
  Uploads uploads_{world_, volumes_};
  WorkspaceStore workspace_{world_, trees_.workspace};
  WorkspaceAccess workspaceAccess_{workspace_,
                                   [this](const User& user, const WorkspaceObject& object, WorkspaceRight right) {
                                     return grantsPlace(user, object, right);
                                   }};
  Repos repos_{world_, workspace_};
  GitCredentials gitCredentials_{world_};
  Compute compute_{world_, identity_.users(), world_.options.userName, clusterStartTime(world_.options),
                   [this](const std::string& id) { return startFailure(id); }};
  HostCalls hostCalls_;
  Contexts contexts_;
  NotebookRunner notebooks_{world_, contexts_,
                            [this](const std::string& path) { return notebookSource(workspace_, path); },
                            [this](const std::string& path) {
                              auto clone = RunCheckouts::folderAround(path);
                              if (!clone.empty()) return clone;
                              auto repo = repos_.containing(path);
                              return repo ? repo->path : "";
                            }};
  WorkspaceTaskRunner tasks_{world_, compute_.clusters(), compute_.libraries(), contexts_, notebooks_, taskSources()};
  Jobs jobs_{world_,
             identity_.users(),
             tasks_,
             jobAccess(permissions_),
             [this](const User& user, const core::Json& cluster) { return checkJobCluster(user, cluster); },
             triggerSources()};
  SqlArea sql_;
  SqlTables tables_{world_.folder / "tables.db", [this] { fillTables(); }};
  Metastore metastore_{world_, identity_.users(), tables_, volumes_};
  Pipelines pipelines_{world_, clusterStartTime(world_.options),
                       [this](const std::string& path) { return isInWorkspace(path); }};
  Dashboards dashboards_{world_, dashboardTree()};
  DashboardSchedules schedules_{world_};
  Apps apps_{world_, clusterStartTime(world_.options), [this](const std::string& path) { return isInWorkspace(path); }};
};

}  // namespace trowel::emulator
