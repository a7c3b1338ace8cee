// SPDX-License-Identifier: Apache-2.0
// A view of the sidebar, drawn by the daemon. One file a view in this folder.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/action.hpp"
#include "features/session.hpp"
#include "features/view_states.hpp"

namespace trowel::features {

struct RowsRequest {
  const Project& project;
  connection::ConnectionPtr connection;  // null for a view that needs none
  std::optional<std::string> node;       // whose children; nothing: the roots
  std::string page;                      // `more` of the rows before; empty: the first ones
  const ViewState& state;                // what this project's user filters by and prefers
  core::CancelToken cancel;              // also ends with the connection
};

struct Rows {
  std::vector<protocol::TreeNode> nodes;
  // Where the REST API pages the list: what leads to the next page; the user asks for it. A list that comes in one
  // piece is handed over as one: Tree sends it in pieces by itself.
  std::string more = {};
  // Something among them changes its state by itself and soon: as long as it is in sight, it is looked at every second
  // or few.
  bool moving = false;
};

// Rows or files that were dropped.
struct Drop {
  std::optional<std::string> node;            // onto which row; nothing: onto the view
  std::vector<protocol::CommandTarget> rows;  // of any view
  std::vector<std::string> uris;              // files, as from the explorer
  connection::ConnectionPtr connection;       // as in RowsRequest
  Action& action;                             // asks, confirms, reports progress
};

// Functions run on workers, several at once, and may block.
class TreeView {
 public:
  virtual ~TreeView() = default;

  // NotConfigured shows the view's welcome text, any other error a row that says it. Calls with the same project, node
  // and page share one run.
  virtual core::Result<Rows> children(const RowsRequest& request) = 0;

  // False: it shows what there is without a connection.
  virtual bool connected() const { return true; }

  // What somebody lacks whom the workspace refuses the rows below `node`, as the end of "You lack …".
  virtual std::string permission(const std::optional<std::string>& node) const {
    static_cast<void>(node);
    return "the permission to see this";
  }

  // How often rows in sight are looked at again although nothing moves. Nothing: only when the user refreshes.
  virtual std::optional<core::Duration> idleInterval() const { return std::nullopt; }

  // Whether a row stays when the view shows only names with `text` in them; of views whose folders are searched level
  // by level, folders always do.
  virtual bool matches(const protocol::TreeNode& node, const std::optional<std::string>& below,
                       std::string_view text) const;

  // Unsupported where nothing can be dropped there.
  virtual core::Result<void> drop(const Drop& drop);
};

}  // namespace trowel::features
