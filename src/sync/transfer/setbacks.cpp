// SPDX-License-Identifier: Apache-2.0
#include "sync/transfer/setbacks.hpp"

#include "sync/policies.hpp"

namespace trowel::sync {

namespace {

// So many in a row are no accident of single items.
constexpr std::uint32_t kStorm = 8;
constexpr std::uint32_t kMaxHolds = 3;

}  // namespace

bool isTransient(core::ErrorCode code) {
  const auto severity = severityOf(code);
  // Conflict: somebody wrote while we read.
  return severity == Severity::Retry || severity == Severity::Pause || code == core::ErrorCode::Conflict;
}

Setbacks::Judgement Setbacks::failed(core::ErrorCode code, std::uint32_t attempt, core::TimePoint now) {
  // Cancelled: the connection, or the user who was asked.
  if (severityOf(code) == Severity::Blocked || code == core::ErrorCode::Cancelled) return {Verdict::Stop, {}};
  if (!isTransient(code)) return {Verdict::Fail, {}};
  if (severityOf(code) == Severity::Pause && now >= heldUntil_ && ++inARow_ >= kStorm) {
    inARow_ = 0;
    if (++holds_ > kMaxHolds) return {Verdict::Stop, {}};
    heldUntil_ = now + backoff(holds_);
  }
  // What fails with all others is not to blame.
  if (now < heldUntil_) return {Verdict::Hold, heldUntil_ - now};
  if (attempt >= attempts_) return {Verdict::Fail, {}};
  return {Verdict::Again, backoff(attempt)};
}

void Setbacks::succeeded() {
  inARow_ = 0;
  holds_ = 0;
}

}  // namespace trowel::sync
