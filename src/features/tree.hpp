// SPDX-License-Identifier: Apache-2.0
// Views: answers with their rows, page by page, turns failures into rows that say what to do, and tells what changed.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "session.hpp"
#include "tree_lists.hpp"
#include "tree_watch.hpp"
#include "trees/tree_view.hpp"
#include "trowel/protocol/handlers.hpp"
#include "view_states.hpp"

namespace trowel::features {

class Tree final : public protocol::TreeHandlers {
 public:
  // `stateFolder`: where filters and favourites are kept; need not exist.
  Tree(Session& session, std::string stateFolder);

  // One of protocol::view. Before the conversation begins.
  void add(std::string_view id, TreeView& view) { views_.emplace(id, &view); }

  core::Result<protocol::TreeChildrenResult> children(const protocol::TreeChildrenParams& params,
                                                      rpc::CallContext& call) override;
  core::Result<core::Json> drop(const protocol::TreeDropParams& params, rpc::CallContext& call) override;
  void visible(const protocol::TreeVisibleParams& params) override;

  // What the view showed is out of date, all of it or below a node: something was done, or the connection changed. Any
  // thread.
  void changed(std::string_view view, const std::optional<std::string>& node = {});
  void allChanged();
  // Another connection, or none: the editor asks again. Lists of a connection are kept by its generation, so that what
  // is being loaded over the new one is as good as what would be loaded now.
  void connectionChanged();

  // Shows a row: `path` has the ids from the root down to it.
  core::Result<void> reveal(std::string_view view, std::vector<std::string> path, const core::CancelToken& cancel);

  ViewStates& states() { return states_; }
  Session& session() { return session_; }

 private:
  struct Loaded {
    RowsPtr rows;
    connection::ConnectionPtr connection;  // null where the view needs none
  };
  core::Result<Loaded> load(const Project& project, TreeView& view, const protocol::TreeChildrenParams& params,
                            const std::string& page, const core::CancelToken& cancel);
  core::Result<RowsPtr> loadOver(const connection::ConnectionPtr& connection, const Project& project, TreeView& view,
                                 const ListKey& key, const core::CancelToken& cancel);
  protocol::TreeChildrenResult failed(const Project& project, const TreeView& view,
                                      const protocol::TreeChildrenParams& params, const core::Error& error);
  // Looks whether rows in sight are others by now, and tells the editor which.
  void look(const Sight& sight, const core::CancelToken& cancel);

  Session& session_;
  ViewStates states_;
  TreeLists lists_;
  TreeWatch watch_;
  std::map<std::string, TreeView*, std::less<>> views_;
};

}  // namespace trowel::features
