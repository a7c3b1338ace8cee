// SPDX-License-Identifier: Apache-2.0
// The view Connections: every connection that can be chosen, the active one first in the eye.
#pragma once

#include "tree_view.hpp"

namespace trowel::features {

class ConnectionsView final : public TreeView {
 public:
  explicit ConnectionsView(Session& session) : session_(session) {}

  core::Result<std::vector<protocol::TreeNode>> children(const Project& project, const std::optional<std::string>& node,
                                                         const core::CancelToken& cancel) override;

 private:
  Session& session_;
};

}  // namespace trowel::features
