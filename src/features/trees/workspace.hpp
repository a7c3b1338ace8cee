// SPDX-License-Identifier: Apache-2.0
// The view Workspace: what the workspace has and what the local sync folder has, folders first, then by name. A node's
// id is its path there.
#pragma once

#include "features/workspace/workspace.hpp"
#include "features/workspace/workspace_states.hpp"
#include "tree_view.hpp"

namespace trowel::features {

class WorkspaceView final : public TreeView {
 public:
  struct Parts {
    const Transfers& transfers;
    WorkspaceStates& states;
    Workspace& workspace;  // does what is dropped
  };

  explicit WorkspaceView(Parts parts) : parts_(parts) {}

  core::Result<Rows> children(const RowsRequest& request) override;
  std::string permission(const std::optional<std::string>&) const override {
    return "the permission Can View on this folder";
  }
  bool matches(const protocol::TreeNode& node, const std::optional<std::string>& below,
               std::string_view text) const override;
  // Files are uploaded into the folder, rows of this view are moved there.
  core::Result<void> drop(const Drop& drop) override;

 private:
  Parts parts_;
};

}  // namespace trowel::features
