// SPDX-License-Identifier: Apache-2.0
#include "tree_watch.hpp"

#include <algorithm>

#include "refresh_policy.hpp"

namespace trowel::features {

std::optional<core::TimePoint> TreeWatch::due(const List& list) {
  if (!list.open) return std::nullopt;
  auto after = nextLook(list.moving, list.loaded - list.movingSince, list.idle);
  return after ? std::optional(list.loaded + *after) : std::nullopt;
}

void TreeWatch::setVisible(const Sight& sight, bool visible) {
  std::lock_guard lock(mutex_);
  auto& view = views_[sight.view];
  if (sight.node) {
    // Rows that were never loaded are going to be, by the editor.
    if (auto it = view.lists.find(sight.node); it != view.lists.end() && view.project == sight.project)
      it->second.open = visible;
  } else {
    view.visible = visible;
    if (view.project != sight.project) view.lists.clear();
    view.project = sight.project;
  }
  plan(sight.view, view);
}

void TreeWatch::loaded(const Sight& sight, std::optional<bool> moving, std::optional<core::Duration> idle) {
  auto now = session_.clock().now();
  std::lock_guard lock(mutex_);
  auto& view = views_[sight.view];
  if (view.project != sight.project) {
    // An editor that tells nothing of what is in sight shows one project after the other as well.
    if (view.visible) return;
    view.lists.clear();
    view.project = sight.project;
  }
  auto& list = view.lists[sight.node];
  bool moves = moving.value_or(list.moving);
  if (moves && !list.moving) list.movingSince = now;
  list.moving = moves;
  list.loaded = now;
  list.idle = idle;
  plan(sight.view, view);
}

void TreeWatch::plan(const std::string& id, View& view) {
  if (view.looking) return;  // plans at its end
  if (view.timer != 0) session_.timer().cancel(std::exchange(view.timer, 0));
  if (!view.visible) return;
  std::optional<core::TimePoint> next;
  for (const auto& [node, list] : view.lists)
    if (auto at = due(list); at && (!next || *at < *next)) next = at;
  if (!next) return;
  auto delay = std::max(*next - session_.clock().now(), core::Duration::zero());
  view.timer = session_.timer().after(delay, [this, id] {
    {
      std::lock_guard lock(mutex_);
      views_[id].looking = true;
      views_[id].timer = 0;
    }
    bool begun = session_.background([this, id](const core::CancelToken& cancel) { lookAround(id, cancel); });
    if (begun) return;
    std::lock_guard lock(mutex_);
    views_[id].looking = false;
  });
}

void TreeWatch::lookAround(const std::string& id, const core::CancelToken& cancel) {
  std::vector<Sight> sights;
  {
    auto now = session_.clock().now();
    std::lock_guard lock(mutex_);
    auto& view = views_[id];
    for (const auto& [node, list] : view.lists)
      if (auto at = due(list); view.visible && at && *at <= now) sights.push_back({id, view.project, node});
  }
  for (const auto& sight : sights)
    if (!cancel.cancelled()) look_(sight, cancel);
  std::lock_guard lock(mutex_);
  auto& view = views_[id];
  // Also what could not even be tried has had its turn.
  for (const auto& sight : sights)
    if (auto it = view.lists.find(sight.node); it != view.lists.end() && view.project == sight.project)
      it->second.loaded = std::max(it->second.loaded, session_.clock().now());
  view.looking = false;
  plan(id, view);
}

}  // namespace trowel::features
