// SPDX-License-Identifier: Apache-2.0
// How long to wait between two looks at something that runs elsewhere: soon at first, seldom later, never in step with
// others. Pure.
#pragma once

#include <algorithm>
#include <functional>

#include "trowel/core/clock.hpp"

namespace trowel::kernel {

struct PollBounds {
  core::Duration first;
  core::Duration longest;
};

// A short command answers within the first waits; a long one costs one request in two seconds.
inline constexpr PollBounds kCommandPoll{std::chrono::milliseconds(50), std::chrono::seconds(2)};
inline constexpr PollBounds kInterruptPoll{std::chrono::milliseconds(50), std::chrono::milliseconds(500)};
inline constexpr PollBounds kClusterPoll{std::chrono::seconds(1), std::chrono::seconds(10)};

class PollPace {
 public:
  // `random` gives numbers in [0, 1).
  PollPace(PollBounds bounds, const std::function<double()>& random) : bounds_(bounds), random_(random) {}

  // Between 80 and 100 % of a step that grows by half each time.
  core::Duration next() {
    auto step = std::min(current_, bounds_.longest);
    current_ = step + step / 2;
    auto count = static_cast<double>(step.count()) * (0.8 + 0.2 * random_());
    return core::Duration(static_cast<core::Duration::rep>(count));
  }

 private:
  PollBounds bounds_;
  const std::function<double()>& random_;
  core::Duration current_ = bounds_.first;
};

}  // namespace trowel::kernel
