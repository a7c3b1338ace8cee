// SPDX-License-Identifier: Apache-2.0
// Objects of the workspace tree: listing for tools, opening, copying a path.
#pragma once

#include "action.hpp"
#include "session.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

// A folder's direct children, folders first, then by name without regard to case.
core::Result<std::vector<databricks::WorkspaceObject>> listFolder(const connection::Connection& connection,
                                                                  const std::string& path,
                                                                  const core::CancelToken& cancel);

class Workspace final : public protocol::WorkspaceHandlers, public protocol::WorkspaceCommands {
 public:
  explicit Workspace(Session& session) : session_(session) {}

  core::Result<protocol::WorkspaceListResult> list(const protocol::WorkspaceListParams& params,
                                                   rpc::CallContext& call) override;

  core::Result<core::Json> open(protocol::CommandCall& call) override;
  core::Result<core::Json> copyPath(protocol::CommandCall& call) override;

 private:
  // The object a command was called on, or one that the user walks to.
  core::Result<std::string> object(Action& action);

  Session& session_;
};

}  // namespace trowel::features
