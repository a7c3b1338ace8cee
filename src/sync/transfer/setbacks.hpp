// SPDX-License-Identifier: Apache-2.0
// What the failure of one item means for it and for all others: a pure policy.
#pragma once

#include <cstdint>

#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"

namespace trowel::sync {

// May pass by itself.
bool isTransient(core::ErrorCode code);

class Setbacks {
 public:
  explicit Setbacks(std::uint32_t attempts) : attempts_(attempts) {}

  enum class Verdict : std::uint8_t {
    Fail,   // this item is given up
    Again,  // this item, after `wait`
    Hold,   // this item after `wait`, and nothing else before
    Stop,   // all
  };
  struct Judgement {
    Verdict verdict = Verdict::Fail;
    core::Duration wait{};
  };

  // `attempt` of this item, from 1.
  Judgement failed(core::ErrorCode code, std::uint32_t attempt, core::TimePoint now);
  void succeeded();

 private:
  std::uint32_t attempts_;
  std::uint32_t inARow_ = 0;  // failures that concern all, without a success in between
  std::uint32_t holds_ = 0;   // in a row
  core::TimePoint heldUntil_ = core::TimePoint::min();
};

}  // namespace trowel::sync
