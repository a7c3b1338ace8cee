// SPDX-License-Identifier: Apache-2.0
// Which item of a transfer goes next: a pure policy.
#pragma once

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
  enum class Lane : std::uint8_t { Small, Large, Conflict };

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

  bool empty() const { return small_.empty() && large_.empty() && conflicts_.empty() && later_.empty(); }
  bool idle() const { return running_ == 0; }
  // When take() may have something that it has not now, unless something finishes; max(): never.
  core::TimePoint next(core::TimePoint now) const;

 private:
  std::deque<std::size_t>& laneOf(Lane lane) {
    return lane == Lane::Small ? small_ : lane == Lane::Large ? large_ : conflicts_;
  }

  std::size_t maxLarge_;
  std::deque<std::size_t> small_;
  std::deque<std::size_t> large_;
  std::deque<std::size_t> conflicts_;
  std::multimap<core::TimePoint, Taken> later_;
  core::TimePoint heldUntil_ = core::TimePoint::min();
  std::size_t running_ = 0;
  std::size_t runningLarge_ = 0;
};

}  // namespace trowel::sync
