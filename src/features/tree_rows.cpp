// SPDX-License-Identifier: Apache-2.0
#include "tree_rows.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "features/files/file_uri.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using protocol::TreeNode;

// In UTF-8 only the first byte of a character is none of 0x80 to 0xBF.
bool isOneCharacter(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }) == 1;
}

}  // namespace

TreeNode filteredOut() {
  TreeNode node;
  node.id = "#filtered";
  node.label = "Nothing here matches the filter";
  node.tooltip = "Click to show all rows again.";
  node.icon = "filter";
  node.contextValue = "filtered";
  node.command = protocol::TreeCommand{std::string(protocol::command::kViewClearFilter), "Clear Filter"};
  return node;
}

PagePlace PagePlace::parse(const std::optional<std::string>& text) {
  PagePlace place;
  if (!text) return place;
  auto slash = text->find('/');
  auto [end, problem] = std::from_chars(text->data(), text->data() + std::min(slash, text->size()), place.from);
  if (slash == std::string::npos || problem != std::errc() || end != text->data() + slash) return {};
  place.page = text->substr(slash + 1);
  return place;
}

std::string PagePlace::text() const { return std::to_string(from) + "/" + page; }

bool rearranges(const ViewState& state, const std::string& host) {
  auto favourites = state.favourites.find(host);
  return !state.name.empty() || (favourites != state.favourites.end() && !favourites->second.empty());
}

std::vector<TreeNode> arrange(const TreeView& view, std::vector<TreeNode> nodes,
                              const std::optional<std::string>& below, const ViewState& state,
                              const std::string& host) {
  if (!state.name.empty())
    std::erase_if(nodes, [&](const TreeNode& node) { return !view.matches(node, below, state.name); });
  auto found = state.favourites.find(host);
  if (found != state.favourites.end()) {
    auto isFavourite = [&](const TreeNode& node) {
      return std::ranges::find(found->second, node.id) != found->second.end();
    };
    for (auto& node : nodes) {
      if (!isFavourite(node)) continue;
      node.contextValue = node.contextValue.value_or("") + ".favourite";
      if (!node.decoration) node.decoration = protocol::TreeDecoration{};
      auto& [badge, color, tooltip, propagate] = *node.decoration;
      // Two characters are all that fits.
      if (!badge || isOneCharacter(*badge)) {
        badge = "★" + badge.value_or("");
        tooltip = tooltip ? "Favourite, " + *tooltip : "Favourite";
      }
    }
    if (!below) std::ranges::stable_partition(nodes, isFavourite);
  }
  return nodes;
}

std::vector<TreeNode> withHosts(std::vector<TreeNode> nodes, const std::string& host) {
  for (auto& node : nodes)
    if (node.resource) node.resource = withHost(*std::move(node.resource), host);
  return nodes;
}

protocol::TreeChildrenResult pageOf(std::span<const TreeNode> nodes, const std::string& more, const PagePlace& place) {
  protocol::TreeChildrenResult result;
  const auto from = std::min(place.from, nodes.size());
  const auto to = from == 0 && place.page.empty() ? std::min(nodes.size(), kFirstPage) : nodes.size();
  if (to < nodes.size()) {
    result.more = PagePlace{.from = to, .page = place.page}.text();
    result.ready = true;
  } else if (!more.empty()) {
    result.more = PagePlace{.page = more}.text();
  }
  const auto page = nodes.subspan(from, to - from);
  result.nodes.assign(page.begin(), page.end());
  return result;
}

std::optional<std::vector<TreeNode>> changedRows(const std::vector<TreeNode>& before,
                                                 const std::vector<TreeNode>& now) {
  if (!std::ranges::equal(before, now, {}, &TreeNode::id, &TreeNode::id)) return std::nullopt;
  std::vector<TreeNode> changed;
  for (std::size_t i = 0; i < now.size(); ++i)
    if (protocol::encode(before[i]) != protocol::encode(now[i])) changed.push_back(now[i]);
  return changed;
}

TreeNode failureNode(const core::Error& error, const std::optional<std::string>& below, const std::string& permission) {
  TreeNode node;
  node.id = below.value_or("") + "#failure";
  node.label = core::redact(error.message);
  node.tooltip = core::redact(error.message);
  node.icon = error.code == ErrorCode::Untrusted ? "shield" : "error";
  if (error.code != ErrorCode::Untrusted) node.iconColor = "list.errorForeground";
  if (error.code == ErrorCode::PermissionDenied) {
    node.label = "You lack " + permission;
    node.description = node.tooltip;
    node.icon = "lock";
  }
  node.contextValue = "failure";
  node.command = protocol::TreeCommand{std::string(protocol::command::kViewRefresh), "Try Again"};
  bool elsewhere = error.code == ErrorCode::Unavailable || error.code == ErrorCode::Unsupported ||
                   error.code == ErrorCode::InvalidParams || error.code == ErrorCode::NotConfigured;
  if (error.code == ErrorCode::Unauthenticated)
    node.command = protocol::TreeCommand{std::string(protocol::command::kConnectionSignIn), "Sign In…"};
  if (elsewhere)
    node.command = protocol::TreeCommand{std::string(protocol::command::kConnectionSelect), "Select Connection…"};
  if (error.code == ErrorCode::Untrusted) node.command.reset();
  return node;
}

}  // namespace trowel::features
