// SPDX-License-Identifier: Apache-2.0
// The view Connections: every connection that can be chosen, the active one first in the eye.
#pragma once

#include "tree_view.hpp"

namespace trowel::features {

class ConnectionsView final : public TreeView {
 public:
  explicit ConnectionsView(Session& session) : session_(session) {}

  core::Result<Rows> children(const RowsRequest& request) override;
  bool connected() const override { return false; }

 private:
  Session& session_;
};

}  // namespace trowel::features
