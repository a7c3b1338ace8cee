// SPDX-License-Identifier: Apache-2.0
// The view Workspace: folders first, then everything else by name. A node's id is its path.
#pragma once

#include "tree_view.hpp"

namespace trowel::features {

class WorkspaceView final : public TreeView {
 public:
  core::Result<Rows> children(const RowsRequest& request) override;
  std::string permission(const std::optional<std::string>&) const override {
    return "the permission Can View on this folder";
  }
  bool matches(const protocol::TreeNode& node, const std::optional<std::string>& below,
               std::string_view text) const override;
};

}  // namespace trowel::features
