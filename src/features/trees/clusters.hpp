// SPDX-License-Identifier: Apache-2.0
// The view Clusters: running ones first, those of jobs and pipelines apart, libraries below their cluster. A node's id
// is the cluster's.
#pragma once

#include "features/compute/cluster.hpp"
#include "tree_view.hpp"

namespace trowel::features {

class ClustersView final : public TreeView {
 public:
  ClustersView(Session& session, Cluster& clusters) : session_(session), clusters_(clusters) {}

  core::Result<Rows> children(const RowsRequest& request) override;
  std::string permission(const std::optional<std::string>&) const override {
    return "the permission Can Attach To, which shows you a cluster";
  }
  bool matches(const protocol::TreeNode& node, const std::optional<std::string>& below,
               std::string_view text) const override;
  std::optional<core::Duration> idleInterval() const override { return std::chrono::seconds(60); }

 private:
  core::Result<Rows> roots(const RowsRequest& request);
  core::Result<Rows> group(const RowsRequest& request);
  core::Result<Rows> libraries(const RowsRequest& request);

  Session& session_;
  Cluster& clusters_;
};

}  // namespace trowel::features
