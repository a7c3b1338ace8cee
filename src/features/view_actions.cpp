// SPDX-License-Identifier: Apache-2.0
#include "view_actions.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/databricks/scim.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Json;
using core::Result;

Result<Json> ViewActions::refresh(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session_.project(call.folder));
  {
    std::lock_guard lock(mutex_);
    if (!refreshing_.insert(project.path).second) return Json();
  }
  // Somebody who refreshes hopes that what was broken works again: a connection that does not answer is made anew.
  auto& connections = session_.connections();
  auto status = connections.status(project.path);
  if (status.state == connection::State::Ready) {
    // The call reports by itself where the host has fallen silent.
    if (auto connection = connections.current(project.path); connection && session_.trusted())
      static_cast<void>(
          databricks::Scim(connection->rest).me({.cancel = call.context.cancel, .timeout = std::chrono::seconds(5)}));
    status = connections.status(project.path);
  }
  // One that is being made, or expected as the window opens, is not disturbed.
  bool broken = status.state == connection::State::Offline || status.state == connection::State::SignIn ||
                status.state == connection::State::Failed;
  // A failure is kept with the status, and shown in the views.
  if (broken && session_.trusted()) static_cast<void>(connections.select(project.path, status.id, call.context.cancel));
  {
    std::lock_guard lock(mutex_);
    refreshing_.erase(project.path);
  }
  outdate_();
  tree_.allChanged();
  return Json();
}

Result<std::string> ViewActions::view(Action& action, const protocol::CommandCall& call, const std::string& title) {
  if (!call.targets.empty() && call.targets.front().view) {
    const auto& view = *call.targets.front().view;
    if (std::ranges::find(protocol::view::kAll, view) != protocol::view::kAll.end()) return view;
  }
  std::vector<protocol::PickItem> items;
  for (std::size_t i = 0; i < protocol::view::kAll.size(); ++i) {
    auto id = std::string(protocol::view::kAll[i]);
    auto filters = tree_.states().get(action.project().path, id).describeFilters();
    items.push_back({.id = id,
                     .label = std::string(protocol::view::kTitles[i]),
                     .description = filters,
                     .detail = {},
                     .icon = "list-tree",
                     .picked = {}});
  }
  return action.pick({.title = title, .placeholder = "Which view?"}, std::move(items));
}

Result<Json> ViewActions::filter(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto id = TROWEL_TRY(view(action, call, "Filter View by Name"));
  auto before = tree_.states().get(action.project().path, id).name;
  auto answer = TROWEL_TRY(action.editor().uiInput({.title = "Filter View by Name",
                                                    .prompt = "Only rows with this in their name; nothing: all rows",
                                                    .placeholder = {},
                                                    .value = before,
                                                    .masked = {}},
                                                   action.cancel()));
  if (!answer.value) return Json();
  TROWEL_TRY(tree_.states().change(action.project().path, id, [&](ViewState& state) { state.name = *answer.value; }));
  tree_.changed(id);
  return Json();
}

Result<Json> ViewActions::clearFilter(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto id = TROWEL_TRY(view(action, call, "Clear Filter of View"));
  TROWEL_TRY(tree_.states().change(action.project().path, id, [](ViewState& state) {
    state.name.clear();
    state.filters.clear();
  }));
  tree_.changed(id);
  return Json();
}

Result<void> ViewActions::setFavourites(protocol::CommandCall& call, bool favourite) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  if (call.targets.empty())
    return core::fail(ErrorCode::Conflict, "Select rows of a view first, then run this from their menu.");
  auto connection = session_.connections().current(action.project().path);
  const auto host = connection ? connection->host : std::string();
  std::set<std::string> views;
  for (const auto& target : call.targets)
    if (target.view && target.node) views.insert(*target.view);
  for (const auto& id : views) {
    TROWEL_TRY(tree_.states().change(action.project().path, id, [&](ViewState& state) {
      auto& ids = state.favourites[host];
      for (const auto& row : action.rows(id)) {
        std::erase(ids, row);
        if (favourite) ids.push_back(row);
      }
      if (ids.empty()) state.favourites.erase(host);
    }));
    tree_.changed(id);
  }
  return {};
}

Result<Json> ViewActions::addFavourite(protocol::CommandCall& call) {
  TROWEL_TRY(setFavourites(call, true));
  return Json();
}

Result<Json> ViewActions::removeFavourite(protocol::CommandCall& call) {
  TROWEL_TRY(setFavourites(call, false));
  return Json();
}

}  // namespace trowel::features
