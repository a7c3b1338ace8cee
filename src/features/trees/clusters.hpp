// SPDX-License-Identifier: Apache-2.0
// The view Clusters: running ones first. A node's id is the cluster's.
#pragma once

#include "features/cluster.hpp"
#include "tree_view.hpp"

namespace trowel::features {

class ClustersView final : public TreeView {
 public:
  ClustersView(Session& session, Cluster& clusters) : session_(session), clusters_(clusters) {}

  core::Result<std::vector<protocol::TreeNode>> children(const Project& project, const std::optional<std::string>& node,
                                                         const core::CancelToken& cancel) override;

 private:
  Session& session_;
  Cluster& clusters_;
};

}  // namespace trowel::features
