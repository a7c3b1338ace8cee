// SPDX-License-Identifier: Apache-2.0
// What a user can do with the objects of the workspace tree, there and in the local sync folder.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "features/action.hpp"
#include "features/transfers/transfers.hpp"
#include "features/tree.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/protocol/handlers.hpp"
#include "workspace_choice.hpp"
#include "workspace_states.hpp"

namespace trowel::features {

// workspace.cpp has listing and opening, workspace_transfers.cpp what goes from one side to the other,
// workspace_changes.cpp what makes, renames and deletes, workspace_compare.cpp the comparison.
class Workspace final : public protocol::WorkspaceHandlers, public protocol::WorkspaceCommands {
 public:
  struct Parts {
    Session& session;
    Tree& tree;
    const Transfers& transfers;
    WorkspaceStates& states;
    // Objects of the workspace were made, changed or removed. Any thread, without a lock.
    std::function<void()> changed;
  };

  explicit Workspace(Parts parts) : parts_(std::move(parts)), choice_(parts_.transfers) {}
  ~Workspace() override;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  core::Result<protocol::WorkspaceListResult> list(const protocol::WorkspaceListParams& params,
                                                   rpc::CallContext& call) override;

  core::Result<core::Json> open(protocol::CommandCall& call) override;
  core::Result<core::Json> openLocal(protocol::CommandCall& call) override;
  core::Result<core::Json> copyPath(protocol::CommandCall& call) override;
  core::Result<core::Json> openInBrowser(protocol::CommandCall& call) override;
  core::Result<core::Json> showInFolder(protocol::CommandCall& call) override;
  core::Result<core::Json> addLocalFolder(protocol::CommandCall& call) override;

  core::Result<core::Json> download(protocol::CommandCall& call) override;
  core::Result<core::Json> upload(protocol::CommandCall& call) override;
  core::Result<core::Json> downloadAll(protocol::CommandCall& call) override;
  core::Result<core::Json> uploadAll(protocol::CommandCall& call) override;
  core::Result<core::Json> compare(protocol::CommandCall& call) override;

  core::Result<core::Json> newNotebook(protocol::CommandCall& call) override;
  core::Result<core::Json> newFile(protocol::CommandCall& call) override;
  core::Result<core::Json> newFolder(protocol::CommandCall& call) override;
  core::Result<core::Json> rename(protocol::CommandCall& call) override;
  core::Result<core::Json> move(protocol::CommandCall& call) override;
  core::Result<core::Json> remove(protocol::CommandCall& call) override;

  // What is dropped onto a row: files of this machine are uploaded, objects of the tree are moved.
  core::Result<void> drop(Action& action, const connection::ConnectionPtr& connection, const std::string& onto,
                          const std::vector<std::string>& paths, const std::vector<std::string>& uris);

 private:
  // One command: over one connection from its beginning to its end.
  struct Task {
    Action action;
    connection::ConnectionPtr connection;

    databricks::Workspace service() const { return databricks::Workspace(connection->rest); }
    http::CallOptions options() const { return {.cancel = action.cancel()}; }
  };
  core::Result<Task> begin(protocol::CommandCall& call);
  core::Result<TransferPlace> placeOf(const Task& task) const;

  core::Result<core::Json> openHere(Task& task, const std::string& path);
  // The second click on a row within the time of a double click.
  bool isDoubleClick(const std::string& path);
  // Where the editor finds an object of the workspace.
  core::Result<std::string> addressOf(const Task& task, const std::string& path) const;
  // For texts that are only compared; removed with this.
  core::Result<std::string> scratchFolder();

  core::Result<core::Json> create(Task& task, const std::string& folder, const std::string& name,
                                  const std::function<core::Result<void>(const std::string& path)>& make, bool opens);
  core::Result<void> moveEach(Task& task, const std::vector<std::pair<std::string, std::string>>& moves);
  core::Result<void> moveOne(Task& task, const std::string& from, const std::string& to);
  // Objects are others now.
  void drawAnew();

  Parts parts_;
  WorkspaceChoice choice_;
  std::mutex mutex_;  // guards everything below
  std::string clicked_;
  core::TimePoint clickedAt_;
  std::string scratch_;
  std::size_t scratches_ = 0;
};

}  // namespace trowel::features
