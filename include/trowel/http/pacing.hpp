// SPDX-License-Identifier: Apache-2.0
// How many calls at once one host gets, which of those that wait goes next, and when nobody may go: a pure policy.
#pragma once

#include <cstdint>
#include <optional>

#include "trowel/http/client.hpp"

namespace trowel::http {

struct PacingLimits {
  int firstWindow = 4;  // calls at once, to begin with
  int maxWindow = 64;
  int overtakes = 8;  // interactive calls in a row that may pass a waiting bulk
  core::Duration firstPause = std::chrono::milliseconds(250);  // after a refusal that names no time; doubles
  core::Duration maxPause = std::chrono::seconds(10);
  core::Duration maxRetryAfter = std::chrono::seconds(60);  // a longer wish of the host is cut to this
};

// What one attempt told about the host.
enum class HostSign : std::uint8_t {
  Fine,         // it answered
  SlowDown,     // it wants fewer requests: 429, 503
  Unreachable,  // no connection came about
  None,         // cancelled, lost in between, or an answer that says nothing: 500, 502, 504
};

// The window of calls in flight doubles with every round trip until the host refuses one; from then on it grows by one
// for each window of answers and halves, once a round trip at most, when the host refuses (AIMD). It grows only while
// it is what holds calls back. A refusal stops everybody for the time that the host names, or for a while that doubles.
// Interactive calls go first, and a quarter of the window is theirs alone; but a bulk call is never passed for ever.
// A host that cannot be reached gets one call at a time, until one arrives.
class Pacing {
 public:
  explicit Pacing(const PacingLimits& limits = {}) : limits_(limits), window_(limits.firstWindow) {}

  struct Waiting {
    bool interactive = false;
    bool bulk = false;
  };
  // Of which lane a call may start now; nothing: none.
  std::optional<Lane> next(const Waiting& waiting, core::TimePoint now) const;

  struct Ticket {
    Lane lane = Lane::Interactive;
    std::uint64_t number = 0;
    bool probe = false;  // goes out to see whether the host is back
  };
  // `bulkWaits` behind this one.
  Ticket start(Lane lane, bool bulkWaits);

  // `crowded`: others wait for their turn. `random` is in [0, 1).
  void finish(const Ticket& ticket, HostSign sign, std::optional<core::Duration> retryAfter, bool crowded,
              core::TimePoint now, double random);

  int window() const { return window_; }
  int inFlight() const { return inFlight_; }
  bool offline() const { return offline_; }
  // Nobody starts before this; in the past where nothing holds.
  core::TimePoint heldUntil() const { return heldUntil_; }

 private:
  void grow(bool crowded);
  void slowDown(const Ticket& ticket, std::optional<core::Duration> retryAfter, core::TimePoint now, double random);

  PacingLimits limits_;
  int window_;
  int answers_ = 0;  // since the window last grew by one
  bool slowStart_ = true;
  int inFlight_ = 0;
  int bulkInFlight_ = 0;
  int overtakes_ = 0;           // interactive calls since a bulk one began to wait
  std::uint64_t started_ = 0;   // calls so far
  std::uint64_t halvedAt_ = 0;  // number of the first call after the window was last halved
  int refusals_ = 0;            // halvings without an answer in between
  core::TimePoint heldUntil_ = core::TimePoint::min();
  bool offline_ = false;
  std::optional<std::uint64_t> probe_;  // number of the call that sees whether the host is back
};

}  // namespace trowel::http
