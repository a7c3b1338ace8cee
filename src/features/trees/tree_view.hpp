// SPDX-License-Identifier: Apache-2.0
// A view of the sidebar, drawn by the daemon. One file a view in this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "features/session.hpp"

namespace trowel::features {

class TreeView {
 public:
  virtual ~TreeView() = default;

  // The nodes below `node`, or the roots. On a worker; may block. NotConfigured shows the view's welcome text, any
  // other error a row.
  virtual core::Result<std::vector<protocol::TreeNode>> children(const Project& project,
                                                                 const std::optional<std::string>& node,
                                                                 const core::CancelToken& cancel) = 0;
};

}  // namespace trowel::features
