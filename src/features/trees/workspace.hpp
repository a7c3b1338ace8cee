// SPDX-License-Identifier: Apache-2.0
// The view Workspace: folders first, then everything else by name. A node's id is its path.
#pragma once

#include "tree_view.hpp"

namespace trowel::features {

class WorkspaceView final : public TreeView {
 public:
  explicit WorkspaceView(Session& session) : session_(session) {}

  core::Result<std::vector<protocol::TreeNode>> children(const Project& project, const std::optional<std::string>& node,
                                                         const core::CancelToken& cancel) override;

 private:
  Session& session_;
};

}  // namespace trowel::features
