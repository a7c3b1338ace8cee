// SPDX-License-Identifier: Apache-2.0
// Beginning and end of a conversation, projects, trust, and the door for commands.
#pragma once

#include <functional>

#include "session.hpp"
#include "trowel/protocol/command_table.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Lifecycle final : public protocol::LifecycleHandlers {
 public:
  struct Hooks {
    std::function<void(std::int64_t pid)> watchParent;  // the editor's process
    std::string notice;                                 // for the user, once the editor is ready; may be empty
    std::function<void()> projectsChanged;              // projects, settings or trust: on a worker, settings are fresh
    std::function<void(const std::string& path)> projectClosed;
  };

  Lifecycle(Session& session, const protocol::CommandTable& commands, Hooks hooks)
      : session_(session), commands_(commands), hooks_(std::move(hooks)) {}

  core::Result<protocol::InitializeResult> initialize(const protocol::InitializeParams& params,
                                                      rpc::CallContext& call) override;
  core::Result<core::Json> shutdown(rpc::CallContext& call) override;
  core::Result<core::Json> executeCommand(const protocol::ExecuteCommandParams& params,
                                          rpc::CallContext& call) override;

  void initialized(const protocol::InitializedParams& params) override;
  void didChangeConfiguration(const protocol::DidChangeConfigurationParams& params) override;
  void didChangeWorkspaceFolders(const protocol::DidChangeWorkspaceFoldersParams& params) override;
  void workspaceTrusted(const protocol::WorkspaceTrustedParams& params) override;

 private:
  void refresh();

  Session& session_;
  const protocol::CommandTable& commands_;
  Hooks hooks_;
  std::atomic<bool> refreshing_ = false;  // a refresh waits for its turn
};

}  // namespace trowel::features
