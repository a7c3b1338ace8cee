// SPDX-License-Identifier: Apache-2.0
// Sub-folders that are projects: each with a connection and a cluster of its own.
#pragma once

#include "session.hpp"
#include "trowel/protocol/command_table.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Projects final : public protocol::ProjectCommands {
 public:
  // `changed`: projects have come or gone, as after a change of settings. On a worker.
  Projects(Session& session, std::function<void()> changed) : session_(session), changed_(std::move(changed)) {}

  core::Result<core::Json> add(protocol::CommandCall& call) override;
  core::Result<core::Json> remove(protocol::CommandCall& call) override;

 private:
  Session& session_;
  std::function<void()> changed_;
};

}  // namespace trowel::features
