// SPDX-License-Identifier: Apache-2.0
// Choosing the workspace that a project talks to.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "session.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Connection final : public protocol::ConnectionHandlers, public protocol::ConnectionCommands {
 public:
  explicit Connection(Session& session) : session_(session) {}

  core::Result<protocol::ConnectionListResult> list(const protocol::ConnectionListParams& params,
                                                    rpc::CallContext& call) override;
  core::Result<protocol::ConnectionStatus> select(const protocol::ConnectionSelectParams& params,
                                                  rpc::CallContext& call) override;
  core::Result<protocol::ConnectionStatus> status(const protocol::ConnectionStatusParams& params,
                                                  rpc::CallContext& call) override;

  core::Result<core::Json> select(protocol::CommandCall& call) override;
  core::Result<core::Json> add(protocol::CommandCall& call) override;
  core::Result<core::Json> demo(protocol::CommandCall& call) override;
  core::Result<core::Json> disconnect(protocol::CommandCall& call) override;

  // Connects every project whose setting trowel.connection changed since the last time; in the background.
  void followSettings();

  // The project was closed: opened again, it begins anew.
  void forget(const std::string& folder);

  // Tells the editor how a project's connection stands. One that failed for want of a network is tried again later.
  void announce(const std::string& folder);

  static std::string secretKey(const std::string& name) { return "trowel.connection." + name; }

 private:
  protocol::ConnectionStatus statusOf(const Project& project) const;
  // Connects and remembers the choice in the project's settings.
  core::Result<core::Json> choose(const Project& project, const std::string& id, rpc::CallContext& call);

  void retryLater(const Project& project, int number);

  Session& session_;
  std::mutex mutex_;                             // guards everything below
  std::map<std::string, std::string> followed_;  // the setting as last acted upon, by project
  std::set<std::string> retried_;                // projects whose connection is tried again by and by
};

}  // namespace trowel::features
