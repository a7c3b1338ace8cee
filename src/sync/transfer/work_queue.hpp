// SPDX-License-Identifier: Apache-2.0
// Which item of a transfer goes next: a pure policy.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "trowel/core/clock.hpp"

namespace trowel::sync {

// Large items begin early, because they take long, but only a few at a time, because of the memory that they take; what
// needs the user comes after all that does not.
class WorkQueue {
 public:
  enum class Lane : std::uint8_t { Large, Small, LargeConflict, Conflict };  // in this order

  explicit WorkQueue(std::size_t maxLarge) : maxLarge_(maxLarge) {}

  void add(std::size_t item, Lane lane) { laneOf(lane).push_back(item); }
  struct Taken {
    std::size_t item;
    Lane lane;
  };
  // Nothing where none may go now.
  std::optional<Taken> take(core::TimePoint now);
  // What was taken is through, for the time being or for good.
  void finished(Lane lane);
  void addLater(std::size_t item, Lane lane, core::TimePoint at) { later_.emplace(at, Taken{item, lane}); }
  // Nothing goes before that.
  void hold(core::TimePoint until);

  bool empty() const {
    return later_.empty() && std::ranges::all_of(lanes_, [](const auto& lane) { return lane.empty(); });
  }
  bool idle() const { return running_ == 0; }
  // When take() may have something that it has not now, unless something finishes; max(): never.
  core::TimePoint next(core::TimePoint now) const;

 private:
  static bool isLarge(Lane lane) { return lane == Lane::Large || lane == Lane::LargeConflict; }
  std::deque<std::size_t>& laneOf(Lane lane) { return lanes_[static_cast<std::size_t>(lane)]; }

  std::size_t maxLarge_;
  std::array<std::deque<std::size_t>, 4> lanes_;
  std::multimap<core::TimePoint, Taken> later_;
  core::TimePoint heldUntil_ = core::TimePoint::min();
  std::size_t running_ = 0;
  std::size_t runningLarge_ = 0;
};

}  // namespace trowel::sync
