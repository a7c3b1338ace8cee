// SPDX-License-Identifier: Apache-2.0
// Views: finds the one that is asked for and turns failures into a row that says what to do.
#pragma once

#include <map>

#include "session.hpp"
#include "trees/tree_view.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Tree final : public protocol::TreeHandlers, public protocol::ViewCommands {
 public:
  explicit Tree(Session& session) : session_(session) {}

  // One of protocol::view.
  void add(std::string_view id, TreeView& view) { views_.emplace(id, &view); }

  core::Result<protocol::TreeChildrenResult> children(const protocol::TreeChildrenParams& params,
                                                      rpc::CallContext& call) override;

  core::Result<core::Json> refresh(protocol::CommandCall& call) override;

  // Every view is stale: the connection changed.
  void allChanged();
  void changed(std::string_view view) { session_.editor().treeChanged({std::string(view), {}}); }

 private:
  Session& session_;
  std::map<std::string, TreeView*, std::less<>> views_;
};

}  // namespace trowel::features
