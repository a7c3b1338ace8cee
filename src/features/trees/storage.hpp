// SPDX-License-Identifier: Apache-2.0
// The views DBFS and Volumes: folders first, then files by name. A node's id is its path as FileUri has it.
#pragma once

#include "features/storage/storage_actions.hpp"
#include "tree_view.hpp"

namespace trowel::features {

class StorageView final : public TreeView {
 public:
  // `kind`: Dbfs or Volumes.
  StorageView(FileSystemKind kind, StorageActions& actions) : kind_(kind), actions_(actions) {}

  core::Result<Rows> children(const RowsRequest& request) override;
  std::string permission(const std::optional<std::string>& node) const override;
  bool matches(const protocol::TreeNode& node, const std::optional<std::string>& below,
               std::string_view text) const override;
  core::Result<void> drop(const Drop& drop) override;

 private:
  FileSystemKind kind_;
  StorageActions& actions_;
};

}  // namespace trowel::features
