// SPDX-License-Identifier: Apache-2.0
// Choosing the workspace that a project talks to.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "features/pauses.hpp"
#include "features/session.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Connection final : public protocol::ConnectionHandlers {
 public:
  explicit Connection(Session& session) : session_(session) {}

  core::Result<protocol::ConnectionListResult> list(const protocol::ConnectionListParams& params,
                                                    rpc::CallContext& call) override;
  core::Result<protocol::ConnectionStatus> select(const protocol::ConnectionSelectParams& params,
                                                  rpc::CallContext& call) override;
  core::Result<protocol::ConnectionStatus> status(const protocol::ConnectionStatusParams& params,
                                                  rpc::CallContext& call) override;

  // Connects and remembers the choice.
  core::Result<void> choose(const Project& project, const std::string& id, rpc::CallContext& call);

  // Connects every project whose choice or setting has changed since the last time, and those whose connection is
  // written down differently now; in the background.
  void follow(connection::Change change);

  // The project was closed: opened again, it begins anew.
  void forget(const std::string& folder);

  // Tells the editor how a project's connection stands.
  void announce(const std::string& folder);

 private:
  protocol::ConnectionStatus statusOf(const Project& project) const;
  void forgetOthers(const std::vector<Project>& projects);

  Session& session_;
  std::mutex mutex_;                             // guards everything below
  std::map<std::string, std::string> followed_;  // the choice as last acted upon, by project
};

}  // namespace trowel::features
