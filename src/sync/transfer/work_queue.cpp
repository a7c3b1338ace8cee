// SPDX-License-Identifier: Apache-2.0
#include "sync/transfer/work_queue.hpp"

#include <algorithm>

namespace trowel::sync {

std::optional<WorkQueue::Taken> WorkQueue::take(core::TimePoint now) {
  while (!later_.empty() && later_.begin()->first <= now) {
    const auto due = later_.begin()->second;
    later_.erase(later_.begin());
    laneOf(due.lane).push_back(due.item);
  }
  if (now < heldUntil_) return std::nullopt;
  for (const auto lane : {Lane::Large, Lane::Small, Lane::LargeConflict, Lane::Conflict}) {
    auto& items = laneOf(lane);
    if (items.empty() || (isLarge(lane) && runningLarge_ >= maxLarge_)) continue;
    const Taken taken{items.front(), lane};
    items.pop_front();
    ++running_;
    if (isLarge(lane)) ++runningLarge_;
    return taken;
  }
  return std::nullopt;
}

void WorkQueue::finished(Lane lane) {
  --running_;
  if (isLarge(lane)) --runningLarge_;
}

void WorkQueue::hold(core::TimePoint until) { heldUntil_ = std::max(heldUntil_, until); }

core::TimePoint WorkQueue::next(core::TimePoint now) const {
  if (now < heldUntil_) return heldUntil_;
  return later_.empty() ? core::TimePoint::max() : later_.begin()->first;
}

}  // namespace trowel::sync
