// SPDX-License-Identifier: Apache-2.0
// Sync of project folders: starts by itself where the project's setting says so, follows the project's connection.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "features/files/remote_workspace.hpp"
#include "session.hpp"
#include "trowel/protocol/handlers.hpp"
#include "trowel/sync/sync_session.hpp"

namespace trowel::features {

class Sync final : public protocol::SyncHandlers, public protocol::SyncCommands {
 public:
  struct Place {
    std::string stateFolder;
    std::string holder;    // who syncs, for others to read
    bool byItself = true;  // whether the setting may start a sync; the user's own command always may
  };

  Sync(Session& session, Place place) : session_(session), place_(std::move(place)) {}

  // Starts, restarts and ends what the settings and connections of the projects ask for. On a worker.
  void follow();

  core::Result<protocol::SyncStatus> start(const protocol::SyncStartParams& params, rpc::CallContext& call) override;
  core::Result<protocol::SyncStatus> run(const protocol::SyncStartParams& params, rpc::CallContext& call) override;
  core::Result<protocol::SyncStatus> stop(const protocol::SyncStopParams& params, rpc::CallContext& call) override;
  core::Result<protocol::SyncStatus> status(const protocol::SyncStatusParams& params, rpc::CallContext& call) override;

  core::Result<core::Json> start(protocol::CommandCall& call) override;
  core::Result<core::Json> stop(protocol::CommandCall& call) override;
  core::Result<core::Json> status(protocol::CommandCall& call) override;

  // At the end of the daemon.
  void stopAll();

 private:
  // A running sync; the remote outlives the session.
  struct Running {
    connection::ConnectionPtr connection;
    std::string destination;  // as asked for; empty: the default
    bool bySetting = false;   // ends when the setting no longer says so
    std::unique_ptr<RemoteWorkspace> remote;
    std::unique_ptr<sync::SyncSession> session;
    ~Running();
  };

  core::Result<std::shared_ptr<Running>> create(const Project& project, const connection::ConnectionPtr& connection,
                                                const std::string& destination);
  core::Result<std::shared_ptr<Running>> begin(const Project& project, const connection::ConnectionPtr& connection,
                                               const std::string& destination, bool bySetting);
  std::shared_ptr<Running> find(const Project& project) const;
  std::shared_ptr<Running> end(const Project& project);
  // Ends the sync where its folder, its connection or its setting is gone, and tells the editor. True where it goes on.
  bool stillWanted(const Project& project);
  void endClosedProjects();
  protocol::SyncStatus statusOf(const Project& project) const;

  Session& session_;
  Place place_;
  std::mutex following_;                                     // one follow() at a time
  mutable std::mutex mutex_;                                 // guards everything below
  std::map<std::string, std::shared_ptr<Running>> running_;  // by the project's path
  std::map<std::string, bool> stopped_;  // projects whose user stopped the sync: the setting does not start it again
  std::map<std::string, std::shared_ptr<Running>> suspended_;  // started by hand, ended with their connection
};

}  // namespace trowel::features
