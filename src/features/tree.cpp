// SPDX-License-Identifier: Apache-2.0
// Rows of one connection are never answered to a question about another: each list is loaded over one connection, whose
// end ends the loading, and carries that connection's generation. While the project connects anew, the question waits.
#include "tree.hpp"

#include <nlohmann/json.hpp>

#include "features/files/file_uri.hpp"
#include "tree_rows.hpp"
#include "trowel/core/log.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;

// How often the connection may change under one question.
constexpr int kAttempts = 5;

std::vector<protocol::TreeNode> shown(const Session& session, const TreeView& view,
                                      std::vector<protocol::TreeNode> nodes, const std::optional<std::string>& below,
                                      const ViewState& state, const connection::ConnectionPtr& connection) {
  auto rows = arrange(view, std::move(nodes), below, state, connection ? connection->host : "");
  // Where there are several connections, an address says which.
  if (connection && session.projects().size() > 1) rows = withHosts(std::move(rows), hostOf(connection->host));
  return rows;
}

// Of a long list that stands as it was loaded, only the page is copied.
protocol::TreeChildrenResult shownPage(const Session& session, const TreeView& view, const Rows& rows,
                                       const std::optional<std::string>& below, const ViewState& state,
                                       const connection::ConnectionPtr& connection, const PagePlace& place) {
  if (rearranges(state, connection ? connection->host : ""))
    return pageOf(shown(session, view, rows.nodes, below, state, connection), rows.more, place);
  auto page = pageOf(rows.nodes, rows.more, place);
  page.nodes = shown(session, view, std::move(page.nodes), below, state, connection);
  return page;
}

}  // namespace

Tree::Tree(Session& session, std::string stateFolder)
    : session_(session),
      states_(std::move(stateFolder)),
      lists_(session.clock()),
      watch_(session, [this](const Sight& sight, const core::CancelToken& cancel) { look(sight, cancel); }) {}

Result<RowsPtr> Tree::loadOver(const connection::ConnectionPtr& connection, const Project& project, TreeView& view,
                               const ListKey& key, const core::CancelToken& cancel) {
  auto load = [&](const core::CancelToken& token) -> Result<Rows> {
    core::CancelSource either(token);
    core::CancelToken::Registration gone;
    if (connection) gone = connection->cancel.onCancel([&] { either.cancel(core::CancelReason::Superseded); });
    auto state = states_.get(project.path, key.view);
    return view.children({.project = project,
                          .connection = connection,
                          .node = key.node,
                          .page = key.page,
                          .state = state,
                          .cancel = either.token()});
  };
  const Sight sight{.view = key.view, .project = project.path, .node = key.node};
  // What costs no call is not kept either.
  auto rows = view.connected() ? lists_.get(key, cancel, load) : [&]() -> Result<RowsPtr> {
    return std::make_shared<const Rows>(TROWEL_TRY(load(cancel)));
  }();
  if (key.page.empty()) watch_.loaded(sight, rows ? std::optional((*rows)->moving) : std::nullopt, view.idleInterval());
  return rows;
}

Result<Tree::Loaded> Tree::load(const Project& project, TreeView& view, const protocol::TreeChildrenParams& params,
                                const std::string& page, const core::CancelToken& cancel) {
  for (int attempt = 1;; ++attempt) {
    connection::ConnectionPtr connection;
    if (view.connected()) connection = TROWEL_TRY(session_.connection(project, cancel));
    const ListKey key{.view = params.view,
                      .project = project.path,
                      .generation = connection ? connection->generation : 0,
                      .node = params.node,
                      .page = page};
    auto rows = loadOver(connection, project, view, key, cancel);
    bool over = connection && connection->cancel.cancelled();
    if (over && attempt < kAttempts && !cancel.cancelled()) continue;
    if (over) return core::fail(ErrorCode::Cancelled, "The project's connection changed while the view was loading.");
    if (!rows) return std::unexpected(std::move(rows).error());
    return Loaded{.rows = *std::move(rows), .connection = std::move(connection)};
  }
}

Result<protocol::TreeChildrenResult> Tree::children(const protocol::TreeChildrenParams& params,
                                                    rpc::CallContext& call) {
  auto it = views_.find(params.view);
  if (it == views_.end()) return core::fail(ErrorCode::InvalidParams, "Trowel has no view '" + params.view + "'.");
  auto& view = *it->second;
  auto project = TROWEL_TRY(session_.project(params.folder));
  auto place = PagePlace::parse(params.page);
  auto loaded = load(project, view, params, place.page, call.cancel);
  if (!loaded) {
    if (loaded.error().code == ErrorCode::Cancelled) return std::unexpected(loaded.error());
    return failed(project, view, params, loaded.error());
  }
  auto state = states_.get(project.path, params.view);
  auto result = shownPage(session_, view, *loaded->rows, params.node, state, loaded->connection, place);
  // Else the editor would say that there is nothing at all.
  if (result.nodes.empty() && !params.node && state.filtered()) result.nodes.push_back(filteredOut());
  if (loaded->connection) result.generation = static_cast<std::int64_t>(loaded->connection->generation);
  if (auto text = state.describeFilters(); !params.node && !text.empty()) result.description = text;
  return result;
}

// What was there before stays below the row that says what is wrong.
protocol::TreeChildrenResult Tree::failed(const Project& project, const TreeView& view,
                                          const protocol::TreeChildrenParams& params, const core::Error& error) {
  // Nothing is chosen: the view's welcome text says what to do.
  if (session_.connections().status(project.path).state == connection::State::None &&
      error.code == ErrorCode::NotConfigured)
    return {};
  core::logWarn("tree", core::describe(error));
  protocol::TreeChildrenResult result;
  auto failure = failureNode(error, params.node, view.permission(params.node));
  if (params.page) {
    // The editor still has what came before, and may ask for the rest again.
    result.more = params.page;
  } else if (auto connection = session_.connections().current(project.path); connection && view.connected()) {
    const ListKey key{
        .view = params.view, .project = project.path, .generation = connection->generation, .node = params.node};
    if (auto rows = lists_.last(key)) {
      auto state = states_.get(project.path, params.view);
      result = pageOf(shown(session_, view, rows->nodes, params.node, state, connection), {}, {});
      result.generation = static_cast<std::int64_t>(connection->generation);
    }
  }
  result.nodes.insert(result.nodes.begin(), std::move(failure));
  return result;
}

void Tree::visible(const protocol::TreeVisibleParams& params) {
  auto project = session_.project(params.folder);
  if (!project) return;  // one that was just closed
  watch_.setVisible({.view = params.view, .project = project->path, .node = params.node}, params.visible);
}

void Tree::look(const Sight& sight, const core::CancelToken& cancel) {
  auto it = views_.find(sight.view);
  auto projects = session_.projects();
  auto project = std::ranges::find(projects, sight.project, &Project::path);
  if (it == views_.end() || project == projects.end()) return;
  auto& view = *it->second;
  // One that is being made is not waited for: this is the background, where it is made.
  connection::ConnectionPtr connection;
  if (view.connected()) {
    connection = session_.connections().current(project->path);
    if (!connection || !session_.trusted()) return;
  }
  const ListKey key{.view = sight.view,
                    .project = project->path,
                    .generation = connection ? connection->generation : 0,
                    .node = sight.node};
  auto before = lists_.last(key);
  auto now = loadOver(connection, *project, view, key, cancel);
  if (!now || !before || *now == before) return;
  auto rows = changedRows(before->nodes, (*now)->nodes);
  protocol::TreeChangedParams news{.view = sight.view, .node = sight.node, .rows = {}, .folder = {}};
  if (rows && rows->empty()) return;
  if (rows) {
    auto state = states_.get(project->path, sight.view);
    news.rows = shown(session_, view, *std::move(rows), sight.node, state, connection);
    if (news.rows->empty()) return;
    if (!project->uri.empty()) news.folder = project->uri;
  }
  session_.editor().treeChanged(news);
}

void Tree::changed(std::string_view view, const std::optional<std::string>& node) {
  lists_.outdate(view, node);
  session_.editor().treeChanged({.view = std::string(view), .node = node, .rows = {}, .folder = {}});
}

void Tree::allChanged() {
  for (auto view : protocol::view::kAll) changed(view);
}

void Tree::connectionChanged() {
  for (auto view : protocol::view::kAll)
    session_.editor().treeChanged({.view = std::string(view), .node = {}, .rows = {}, .folder = {}});
}

Result<void> Tree::reveal(std::string_view view, std::vector<std::string> path, const core::CancelToken& cancel) {
  TROWEL_TRY(session_.editor().treeReveal({.view = std::string(view), .path = std::move(path)}, cancel));
  return {};
}

Result<core::Json> Tree::drop(const protocol::TreeDropParams& params, rpc::CallContext& call) {
  auto it = views_.find(params.view);
  if (it == views_.end()) return core::fail(ErrorCode::InvalidParams, "Trowel has no view '" + params.view + "'.");
  auto project = TROWEL_TRY(session_.project(params.folder));
  auto targets = params.rows;
  targets.push_back({.view = params.view, .node = params.node, .generation = params.generation});
  TROWEL_TRY(session_.checkGeneration(project, targets, call.cancel));
  connection::ConnectionPtr connection;
  if (it->second->connected()) connection = TROWEL_TRY(session_.connection(project, call.cancel));
  Action action(session_, project, params.rows, call);
  auto done = it->second->drop({.node = params.node,
                                .rows = params.rows,
                                .uris = params.uris,
                                .connection = std::move(connection),
                                .action = action});
  if (!done && done.error().code != ErrorCode::Cancelled) return std::unexpected(std::move(done).error());
  return core::Json();
}

}  // namespace trowel::features
