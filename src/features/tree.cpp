// SPDX-License-Identifier: Apache-2.0
#include "tree.hpp"

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;

protocol::TreeNode failureNode(const core::Error& error, const std::optional<std::string>& below) {
  protocol::TreeNode node;
  node.id = below.value_or("") + "#failure";
  node.label = core::redact(error.message);
  node.tooltip = core::redact(error.message);
  node.icon = error.code == ErrorCode::Untrusted ? "shield" : "error";
  if (error.code != ErrorCode::Untrusted) node.iconColor = "list.errorForeground";
  node.contextValue = "failure";
  bool elsewhere = error.code == ErrorCode::Unavailable || error.code == ErrorCode::Unsupported ||
                   error.code == ErrorCode::InvalidParams || error.code == ErrorCode::NotConfigured;
  if (error.code == ErrorCode::Unauthenticated)
    node.command = protocol::TreeCommand{std::string(protocol::command::kConnectionSignIn), "Sign In…"};
  if (elsewhere)
    node.command = protocol::TreeCommand{std::string(protocol::command::kConnectionSelect), "Select Connection…"};
  return node;
}

}  // namespace

Result<protocol::TreeChildrenResult> Tree::children(const protocol::TreeChildrenParams& params,
                                                    rpc::CallContext& call) {
  auto it = views_.find(params.view);
  if (it == views_.end()) return core::fail(ErrorCode::InvalidParams, "Trowel has no view '" + params.view + "'.");
  auto project = TROWEL_TRY(session_.project(params.folder));
  auto nodes = it->second->children(project, params.node, call.cancel);
  if (nodes) return protocol::TreeChildrenResult{std::move(*nodes)};
  if (nodes.error().code == ErrorCode::Cancelled) return std::unexpected(nodes.error());
  // Nothing is chosen: the view's welcome text says what to do.
  if (session_.connections().status(project.path).state == connection::State::None &&
      nodes.error().code == ErrorCode::NotConfigured)
    return protocol::TreeChildrenResult{};
  core::logWarn("tree", core::describe(nodes.error()));
  return protocol::TreeChildrenResult{{failureNode(nodes.error(), params.node)}};
}

Result<core::Json> Tree::refresh(protocol::CommandCall& call) {
  // Somebody who refreshes hopes that what was broken works again: a connection that does not answer is made anew.
  auto project = TROWEL_TRY(session_.project(call.folder));
  auto& connections = session_.connections();
  auto status = connections.status(project.path);
  if (status.state == connection::State::Ready) {
    // The call reports by itself where the host has fallen silent.
    auto connection = TROWEL_TRY(session_.connection(project, call.context.cancel));
    static_cast<void>(
        databricks::Scim(connection->rest).me({.cancel = call.context.cancel, .timeout = std::chrono::seconds(5)}));
    status = connections.status(project.path);
  }
  // One that is being made, or expected as the window opens, is not disturbed.
  bool broken = status.state == connection::State::Offline || status.state == connection::State::SignIn ||
                status.state == connection::State::Failed;
  // A failure is kept with the status, and shown in the views.
  if (broken && session_.trusted()) static_cast<void>(connections.select(project.path, status.id, call.context.cancel));
  allChanged();
  return core::Json();
}

void Tree::allChanged() {
  for (auto view : protocol::view::kAll) session_.editor().treeChanged({std::string(view), {}});
}

}  // namespace trowel::features
