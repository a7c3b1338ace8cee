// SPDX-License-Identifier: Apache-2.0
// What is made of a view's rows before the editor gets them: filter, favourites first, pages, differences, failures.
// Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trees/tree_view.hpp"

namespace trowel::features {

inline constexpr std::size_t kFirstPage = 500;  // rows; the rest follows in one piece

// Where to go on in a list: in the rows of one of the view's own pages. On the wire "500/token".
struct PagePlace {
  std::size_t from = 0;
  std::string page = {};

  // The first page for what is none.
  static PagePlace parse(const std::optional<std::string>& text);
  std::string text() const;
};

// Whether arrange() does anything at all.
bool rearranges(const ViewState& state, const std::string& host);
// Filtered by the name, with favourites at the front of the roots; contextValue tells menus which ones they are.
std::vector<protocol::TreeNode> arrange(const TreeView& view, std::vector<protocol::TreeNode> nodes,
                                        const std::optional<std::string>& below, const ViewState& state,
                                        const std::string& host);

// Remote files that rows stand for, as addresses that say whose they are.
std::vector<protocol::TreeNode> withHosts(std::vector<protocol::TreeNode> nodes, const std::string& host);

// The part of `nodes`, of one of the view's own pages, that is asked for.
protocol::TreeChildrenResult pageOf(std::span<const protocol::TreeNode> nodes, const std::string& more,
                                    const PagePlace& place);

// Which rows are others than before. Nothing where rows came, went or moved: then the whole list is.
std::optional<std::vector<protocol::TreeNode>> changedRows(const std::vector<protocol::TreeNode>& before,
                                                           const std::vector<protocol::TreeNode>& now);

// The only row of a view whose filter lets nothing through; a click clears it.
protocol::TreeNode filteredOut();

// A row that says what is wrong; a click leads the way out.
protocol::TreeNode failureNode(const core::Error& error, const std::optional<std::string>& below,
                               const std::string& permission);

}  // namespace trowel::features
