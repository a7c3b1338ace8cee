// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/pacing.hpp"

#include <algorithm>

namespace trowel::http {

std::optional<Lane> Pacing::next(const Waiting& waiting, core::TimePoint now) const {
  if (now < heldUntil_ || inFlight_ >= window_ || (offline_ && probe_)) return std::nullopt;
  // Of a window of one there is nothing to keep free.
  const int keptFree = window_ == 1 ? 0 : std::max(1, window_ / 4);
  const bool bulk = waiting.bulk && bulkInFlight_ < window_ - keptFree;
  if (waiting.interactive && !(bulk && overtakes_ >= limits_.overtakes)) return Lane::Interactive;
  return bulk ? std::optional(Lane::Bulk) : std::nullopt;
}

Pacing::Ticket Pacing::start(Lane lane, bool bulkWaits) {
  const Ticket ticket{.lane = lane, .number = started_++, .probe = offline_};
  if (ticket.probe) probe_ = ticket.number;
  ++inFlight_;
  if (lane == Lane::Bulk) ++bulkInFlight_;
  overtakes_ = lane == Lane::Interactive && bulkWaits ? overtakes_ + 1 : 0;
  return ticket;
}

void Pacing::finish(const Ticket& ticket, HostSign sign, std::optional<core::Duration> retryAfter, bool crowded,
                    core::TimePoint now, double random) {
  const bool wasFull = inFlight_ >= window_;
  --inFlight_;
  if (ticket.lane == Lane::Bulk) --bulkInFlight_;
  if (probe_ == ticket.number) probe_.reset();
  switch (sign) {
    case HostSign::Fine:
      offline_ = false;
      // An answer to what was sent before the host refused says nothing about now.
      if (ticket.number < halvedAt_) break;
      refusals_ = 0;
      grow(crowded || wasFull);
      break;
    case HostSign::SlowDown:
      offline_ = false;
      slowDown(ticket, retryAfter, now, random);
      break;
    case HostSign::Unreachable:
      offline_ = true;
      break;
    case HostSign::None:
      break;
  }
}

void Pacing::grow(bool crowded) {
  if (!crowded || window_ >= limits_.maxWindow) return;
  if (!slowStart_ && ++answers_ < window_) return;
  answers_ = 0;
  ++window_;
}

void Pacing::slowDown(const Ticket& ticket, std::optional<core::Duration> retryAfter, core::TimePoint now,
                      double random) {
  auto pause = limits_.firstPause;
  if (ticket.number >= halvedAt_) {
    window_ = std::max(1, window_ / 2);
    slowStart_ = false;
    answers_ = 0;
    halvedAt_ = started_;
    if (!retryAfter)
      for (int i = 0; i < refusals_ && pause < limits_.maxPause; ++i) pause *= 2;
    ++refusals_;
  } else if (!retryAfter) {
    return;  // sent before the refusal that everybody waits for already
  }
  pause = std::min(pause, limits_.maxPause);
  // Jitter on top of the host's wish, too: everybody was told the same number.
  const auto half = pause / 2;
  pause = half + core::Duration(static_cast<core::Duration::rep>(static_cast<double>(half.count()) * random));
  if (retryAfter) pause += std::clamp(*retryAfter, core::Duration::zero(), limits_.maxRetryAfter);
  heldUntil_ = std::max(heldUntil_, now + pause);
}

}  // namespace trowel::http
